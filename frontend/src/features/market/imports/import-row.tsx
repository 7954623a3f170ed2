import { ListFilter } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { JobStatusBadge } from '@/components/finance/badges';
import { ProblemNote } from '@/components/finance/problem-note';
import { RunningJob } from '@/components/finance/running-job';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { imports } from '@/lib/api/imports';
import { isUnderWay } from '@/lib/api/run-status';
import type { Import } from '@/lib/api/types';
import { fileName } from '@/lib/format/file-name';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';

interface ImportRowProps {
  item: Import;
  onQuarantine: () => void;
}

/** One file in the list, live while it is read. */
export function ImportRow({ item, onQuarantine }: ImportRowProps) {
  const t = useTranslations('imports');
  const format = useFormat();
  const underWay = isUnderWay(item);
  // What the broker answered has the name of a call, which tells people nothing.
  const isFile = item.source === 'file' || item.kind === 'symbols';
  return (
    <li
      data-testid="import-row"
      data-status={item.status}
      data-import-id={item.id}
      className="flex flex-col gap-2 px-4 py-3 sm:px-5"
    >
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="font-semibold break-all">{isFile ? fileName(item.file_name) : t(`kinds.${item.kind}`)}</p>
          <p className="text-sm text-ink-faint">
            {format.dateTime(item.created_at)} · <Contents item={item} />
          </p>
        </div>
        <JobStatusBadge status={item.status} />
      </div>
      {underWay && (
        <RunningJob
          progress={item.progress}
          label={t('progress')}
          cancelText={t('cancel')}
          cancel={() => imports.cancel(item.id)}
          listKey="imports"
          testId="import-cancel"
        />
      )}
      {item.problem ? (
        <ProblemNote problem={item.problem} testId="import-problem" />
      ) : (
        item.error && <p className="text-sm text-danger">{item.error}</p>
      )}
      {(item.status === 'done' || underWay) && (
        <p className="tabular text-sm text-ink-soft" aria-live="polite" data-testid="import-counts">
          {t('summary', {
            read: item.rows_read,
            added: item.rows_added,
            changed: item.rows_changed,
            unchanged: item.rows_unchanged,
            symbols: item.symbols,
          })}
        </p>
      )}
      {item.rows_quarantined > 0 && <Quarantined item={item} onOpen={onQuarantine} />}
    </li>
  );
}

/** What the file holds, in few words: `일봉 · 수정주가 · 엄격`. */
function Contents({ item }: { item: Import }) {
  const t = useTranslations('imports');
  const intervals = useTranslations('parameters.choices');
  const words = [
    item.source === 'broker' && t('fromBroker'),
    item.kind === 'bars' ? intervals(item.interval) : t(`kinds.${item.kind}`),
    item.kind === 'bars' && t(item.adjusted ? 'adjusted' : 'unadjusted'),
    item.strict && t('strict'),
  ];
  return words.filter(Boolean).join(' · ');
}

function Quarantined({ item, onOpen }: { item: Import; onOpen: () => void }) {
  const t = useTranslations('imports');
  const reasons = useTranslations('imports.reasons');
  const format = useFormat();
  const counted = Object.entries(item.reasons).sort(([, a], [, b]) => b - a);
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 rounded-lg bg-warn-soft px-3 py-2">
      <div className="flex min-w-0 flex-wrap items-center gap-1.5">
        <span className="text-sm font-semibold text-warn">
          {t(item.kind === 'sessions' ? 'daysDiffer' : 'quarantined', { count: item.rows_quarantined })}
        </span>
        {counted.map(([reason, count]) => (
          <Badge key={reason} data-testid="import-reason" data-reason={reason} className="tabular">
            {wordOf(reasons, reason)} {format.integer(count)}
          </Badge>
        ))}
      </div>
      <Button variant="secondary" size="sm" onClick={onOpen} data-testid="quarantine-open">
        <ListFilter aria-hidden />
        {t('showQuarantine')}
      </Button>
    </div>
  );
}
