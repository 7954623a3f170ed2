import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Badge, type Tone } from '@/components/ui/badge';
import { queries } from '@/lib/api/queries';
import type { DocumentFinding } from '@/lib/api/types';
import { useDebounced } from '@/lib/hooks/use-debounced';
import { useProblemText } from '@/lib/i18n/use-problem-text';
import { usePreferences } from '@/lib/preferences/store';

/** How long a text stands still before it is looked at, in milliseconds. */
const PAUSE = 400;

const TONES: Record<DocumentFinding['severity'], Tone> = {
  error: 'danger',
  warning: 'warn',
  runs_differently: 'neutral',
};

interface DocumentFindingsProps {
  document: string;
  /** Brings a line of the document before the reader. */
  onGo: (line: number) => void;
}

/** What the server finds in a document; nothing while there is none. */
export function DocumentFindings({ document, onGo }: DocumentFindingsProps) {
  const t = useTranslations('strategies.document');
  const problemText = useProblemText();
  const settled = useDebounced(document, PAUSE);
  const isGiven = settled.trim() !== '';
  const { data, error } = useQuery({
    ...queries.documentFindings(settled),
    enabled: isGiven,
    placeholderData: keepPreviousData,
  });
  if (!isGiven) return null;
  if (error) return <p role="status" className="text-sm text-danger">{problemText(error)}</p>;
  if (!data) return null;
  return (
    <div className="flex min-w-0 flex-col gap-2" data-testid="document-findings" data-runs={data.runs}>
      <p role="status" className={data.runs ? 'text-sm text-good' : 'text-sm font-medium text-danger'}>
        {t(data.runs ? 'runs' : 'runsNot', { count: data.findings.filter(isError).length })}
      </p>
      {data.findings.length > 0 && (
        <ul className="flex flex-col divide-y divide-line rounded-lg border border-line" aria-label={t('findings')}>
          {data.findings.map((finding, place) => (
            // The same thing can be found twice, so the place in the list is what tells two of them apart.
            <li key={place}>
              <FindingButton finding={finding} onGo={onGo} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const isError = ({ severity }: DocumentFinding) => severity === 'error';

function FindingButton({ finding, onGo }: { finding: DocumentFinding; onGo: (line: number) => void }) {
  const t = useTranslations('strategies.document');
  const locale = usePreferences((state) => state.locale);
  const { severity, line, path, message } = finding;
  return (
    <button
      type="button"
      onClick={() => onGo(line)}
      data-testid={`document-${severity}`}
      className="flex w-full min-w-0 flex-col gap-1 px-3 py-2 text-left text-sm hover:bg-raised"
    >
      <span className="flex min-w-0 flex-wrap items-center gap-2">
        <Badge tone={TONES[severity]}>{t(`severities.${severity}`)}</Badge>
        <span className="font-semibold">{t('line', { line })}</span>
        <span className="min-w-0 font-mono text-xs break-all text-ink-faint">{path}</span>
      </span>
      <span className="text-ink-soft">{message[locale]}</span>
    </button>
  );
}
