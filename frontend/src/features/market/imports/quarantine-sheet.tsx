import { useQuery } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { CsvButton } from '@/components/finance/csv-button';
import { ChoiceSelect } from '@/components/ui/choice-select';
import type { Column } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { PagedTable } from '@/components/ui/paged';
import { Sheet } from '@/components/ui/sheet';
import { queries } from '@/lib/api/queries';
import type { Import, QuarantinedRow } from '@/lib/api/types';
import { NOTHING } from '@/lib/format/format';
import { fileName } from '@/lib/format/file-name';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import { quarantineCsv } from './quarantine-csv';

const PAGE_SIZE = 50;

interface QuarantineSheetProps {
  item: Import;
  onClose: () => void;
}

/** The rows of a file that were not taken in, each with its reason and as it stands in the file. */
export function QuarantineSheet({ item, onClose }: QuarantineSheetProps) {
  const t = useTranslations('imports');
  const reasons = useTranslations('imports.reasons');
  const [reason, setReason] = useState<string>();
  const [page, setPage] = useState(1);
  const query = useQuery(queries.quarantine(item.id, { reason, page, page_size: PAGE_SIZE }));
  const columns = useQuarantineColumns();
  const filter = (next: string | undefined) => {
    setReason(next);
    setPage(1);
  };
  return (
    <Sheet
      testId="quarantine-sheet"
      onClose={onClose}
      title={t('quarantineTitle', { count: item.rows_quarantined })}
      description={fileName(item.file_name)}
    >
      <p className="px-4 pt-4 text-sm text-ink-soft sm:px-6">{t(item.kind === 'sessions' ? 'daysDifferHint' : 'quarantineHint')}</p>
      <div className="flex items-center justify-between gap-3 px-4 py-4 sm:px-6">
        <ChoiceSelect
          label={t('reason')}
          all={t('allReasons')}
          value={reason}
          options={Object.keys(item.reasons)}
          text={(code) => wordOf(reasons, code)}
          onChange={filter}
          testId="quarantine-reason"
        />
        <CsvButton
          load={() => quarantineCsv(item.id, reason)}
          fileName={`quarantine-${item.id}.csv`}
        />
      </div>
      <PagedTable
        dense
        query={query}
        onPage={setPage}
        empty={<EmptyState icon={ShieldCheck} title={t('noQuarantine')} text={t('noQuarantineHint')} />}
        caption={t('quarantineTitle', { count: item.rows_quarantined })}
        columns={columns}
        rowKey={(_, index) => index}
        rowTestId="quarantine-row"
      />
    </Sheet>
  );
}

function useQuarantineColumns(): Column<QuarantinedRow>[] {
  const t = useTranslations('imports');
  const reasons = useTranslations('imports.reasons');
  const format = useFormat();
  return [
    {
      key: 'row',
      heading: t('row'),
      align: 'right',
      place: 'aside',
      cell: ({ row }) => format.integer(row),
    },
    {
      key: 'issue',
      heading: t('issueAndTime'),
      place: 'sub',
      cell: ({ symbol, time }) => (
        <span className="tabular block">
          {symbol || NOTHING}
          <span className="block text-xs text-ink-faint">{time}</span>
        </span>
      ),
    },
    {
      key: 'reason',
      heading: t('reason'),
      place: 'lead',
      wrap: true,
      cell: ({ reason, field, cells }) => (
        <span className="block">
          <span className="font-semibold">{wordOf(reasons, reason)}</span>
          <span className="ml-1.5 text-xs text-ink-faint">{field}</span>
          <code className="block text-xs break-all text-ink-soft">{cells}</code>
        </span>
      ),
    },
  ];
}
