import { useTranslations } from 'use-intl';
import type { CoverageCell } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

/** A month or a day in words. */
export function usePeriodName(): (period: string) => string {
  const format = useFormat();
  return (period) => (period.length === 7 ? format.month(period) : format.date(period));
}

/** What one cell of the map says: the period, and how much of it is there. */
export function useCellText(): (period: string, cell: CoverageCell | undefined) => string {
  const t = useTranslations('coverage');
  const periodName = usePeriodName();
  return (period, cell) => {
    const name = periodName(period);
    if (!cell || cell.stored + cell.missing === 0) return t('cellOff', { period: name });
    const { stored, missing } = cell;
    return t(missing === 0 ? 'cellFull' : 'cellMissing', { period: name, stored, missing });
  };
}
