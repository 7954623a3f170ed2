import { CircleAlert, CircleCheck, Loader } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Badge, type Tone } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Fold } from '@/components/ui/fold';
import type { Preview } from '@/lib/api/types';
import { usePreferences } from '@/lib/preferences/store';
import { useBuilder, type Finding } from './state/context';

const TONES: Record<Finding['severity'], Tone> = { error: 'danger', warning: 'warn', runs_differently: 'neutral' };

interface FindingsListProps {
  answer: Preview | undefined;
  isBehind: boolean;
  /** Brings line and field of a finding before the reader. */
  onGo: (finding: Finding) => void;
  onApply: (finding: Finding) => void;
}

/** What the server says of the strategy as it is: whether it can run, and what to mend. */
export function FindingsList({ answer, isBehind, onGo, onApply }: FindingsListProps) {
  const t = useTranslations('builder.findings');
  const findings = answer?.findings ?? [];
  const bySeverity = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity);
  const [errors, warnings, differences] = [bySeverity('error'), bySeverity('warning'), bySeverity('runs_differently')];
  return (
    <Card data-testid="document-findings" data-runs={answer?.runs ?? false} data-behind={isBehind}>
      <CardHeader title={t('title')} action={<RunState answer={answer} />} />
      <CardBody className="flex flex-col gap-3 empty:hidden">
        {answer && answer.errors.length > 0 && (
          <ul className="flex flex-col gap-1.5 rounded-lg border border-danger/50 px-3 py-2 text-sm">
            {answer.errors.map(({ field, message }) => (
              <li key={field + message} data-testid="setting-error">
                <span className="font-mono text-xs text-ink-faint">{field}</span> {message}
              </li>
            ))}
          </ul>
        )}
        {errors.length + warnings.length > 0 && <Rows findings={[...errors, ...warnings]} onGo={onGo} onApply={onApply} />}
        {differences.length > 0 && (
          <Fold title={t('differences', { count: differences.length })} summary="" testId="findings-differences">
            <Rows findings={differences} onGo={onGo} onApply={onApply} />
          </Fold>
        )}
      </CardBody>
    </Card>
  );
}

/** Whether the strategy could run, in few words. */
export function RunState({ answer }: { answer: Preview | undefined }) {
  const t = useTranslations('builder.findings');
  if (!answer) {
    return (
      <span role="status" className="flex items-center gap-1.5 text-sm text-ink-faint">
        <Loader aria-hidden className="size-4" />
        {t('checking')}
      </span>
    );
  }
  const Icon = answer.runs ? CircleCheck : CircleAlert;
  return (
    <span role="status" className={answer.runs ? 'flex items-center gap-1.5 text-sm font-semibold text-good' : 'flex items-center gap-1.5 text-sm font-semibold text-danger'}>
      <Icon aria-hidden className="size-4" />
      {t(answer.runs ? 'runs' : 'runsNot')}
    </span>
  );
}

type RowsProps = Pick<FindingsListProps, 'onGo' | 'onApply'> & { findings: Finding[] };

function Rows({ findings, onGo, onApply }: RowsProps) {
  const t = useTranslations('builder.findings');
  const locale = usePreferences((state) => state.locale);
  const { disabled } = useBuilder();
  return (
    <ul className="flex flex-col divide-y divide-line rounded-lg border border-line" aria-label={t('list')}>
      {findings.map((finding, place) => (
        // The same thing can be found twice, so the place in the list is what tells two of them apart.
        <li key={place} className="flex min-w-0 flex-col items-start gap-1.5 px-3 py-2 text-sm">
          <button
            type="button"
            onClick={() => onGo(finding)}
            data-testid={`document-${finding.severity}`}
            className="flex w-full min-w-0 flex-col gap-1 rounded-md text-left hover:underline"
          >
            <span className="flex min-w-0 flex-wrap items-center gap-2">
              <Badge tone={TONES[finding.severity]}>{t(`severities.${finding.severity}`)}</Badge>
              <span className="font-semibold">{t('line', { line: finding.line })}</span>
              <span className="min-w-0 font-mono text-xs break-all text-ink-faint">{finding.path}</span>
            </span>
            <span className="text-ink-soft">{finding.message[locale]}</span>
          </button>
          {finding.suggestion && finding.path && (
            <Button variant="secondary" size="sm" disabled={disabled} onClick={() => onApply(finding)} data-testid="finding-apply">
              {t('apply', { text: finding.suggestion })}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
