import { CheckCircle2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { EmptyState } from '@/components/ui/empty-state';
import type { CoverageDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';

/** What the calendar and the rule book find wrong with a series, each kind in a list of its own. */
export function Findings({ detail }: { detail: CoverageDetail }) {
  const t = useTranslations('coverage');
  const format = useFormat();
  const { gaps, outliers, off_grid: offGrid, off_session: offSession } = detail;
  if (gaps.length + outliers.length + offGrid.length + offSession.length === 0) {
    return <EmptyState icon={CheckCircle2} title={t('clean')} text={t('cleanHint')} />;
  }
  const moment = detail.interval === '1d' ? format.date : format.dateTime;
  return (
    <>
      <FindingList title={t('gaps')} hint={t('gapsHint')} count={gaps.length}>
        {gaps.map(({ from, to, sessions, reason }) => (
          <Finding
            key={from}
            testId="gap-row"
            aside={t('sessions', { count: sessions })}
            note={t(`gapReasons.${reason}`)}
          >
            {from === to ? format.date(from) : `${format.date(from)} – ${format.date(to)}`}
          </Finding>
        ))}
      </FindingList>
      <FindingList title={t('outliers')} hint={t('outliersHint')} count={detail.outliers_total}>
        {outliers.map(({ at, price, lower_limit: lower, upper_limit: upper }) => (
          <Finding
            key={at}
            testId="outlier-row"
            aside={format.won(price)}
            note={t('allowed', { lower: format.price(lower), upper: format.price(upper) })}
          >
            {moment(at)}
          </Finding>
        ))}
      </FindingList>
      <FindingList title={t('offGrid')} hint={t('offGridHint')} count={detail.off_grid_total}>
        {offGrid.map(({ at, price }) => (
          <Finding key={at} testId="off-grid-row" aside={format.won(price)}>
            {moment(at)}
          </Finding>
        ))}
      </FindingList>
      <FindingList title={t('offSession')} hint={t('offSessionHint')} count={detail.off_session_total}>
        {offSession.map(({ at, price }) => (
          <Finding key={at} testId="off-session-row" aside={format.won(price)}>
            {moment(at)}
          </Finding>
        ))}
      </FindingList>
    </>
  );
}

interface FindingListProps {
  title: string;
  hint: string;
  count: number;
  children: ReactNode;
}

function FindingList({ title, hint, count, children }: FindingListProps) {
  const format = useFormat();
  if (count === 0) return null;
  return (
    <section>
      <h3 className="flex items-baseline gap-2 font-bold">
        {title}
        <span className="tabular text-sm font-semibold text-ink-faint">{format.integer(count)}</span>
      </h3>
      <p className="text-sm text-ink-faint">{hint}</p>
      <ul className="mt-2 divide-y divide-line border-y border-line">{children}</ul>
    </section>
  );
}

interface FindingProps {
  testId: string;
  aside?: string;
  note?: string;
  children: ReactNode;
}

function Finding({ testId, aside, note, children }: FindingProps) {
  return (
    <li data-testid={testId} className="tabular flex justify-between gap-4 py-1.5 text-sm">
      <span>
        {children}
        {note && <span className="block text-xs text-ink-faint">{note}</span>}
      </span>
      {aside && <span className="shrink-0 text-ink-soft">{aside}</span>}
    </li>
  );
}
