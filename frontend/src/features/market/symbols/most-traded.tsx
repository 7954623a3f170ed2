import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Change } from '@/components/finance/change';
import { Card, CardHeader } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { useFormat } from '@/lib/format/use-format';
import { useBrokerAccount } from './use-broker-account';

/** What is traded most today, as the broker ranks it. Paper accounts are not told. */
export function MostTraded({ onOpen }: { onOpen: (symbol: string) => void }) {
  return useBrokerAccount()?.env === 'live' && <Ranking onOpen={onOpen} />;
}

function Ranking({ onOpen }: { onOpen: (symbol: string) => void }) {
  const t = useTranslations('market.mostTraded');
  const format = useFormat();
  const query = useQuery(queries.mostTraded());
  return (
    <Card data-testid="most-traded">
      <CardHeader title={t('title')} hint={t('hint')} />
      <QueryView query={query} loading={<SkeletonRows rows={5} />}>
        {(issues) =>
          issues.length === 0 ? (
            <p className="px-5 pb-5 text-sm text-ink-faint">{t('empty')}</p>
          ) : (
            <ol className="max-h-80 divide-y divide-line overflow-y-auto border-t border-line text-sm">
              {issues.map((issue) => (
                <li
                  key={issue.symbol}
                  className="grid grid-cols-[2rem_minmax(0,1fr)_auto] items-baseline gap-x-3 px-4 py-2 sm:px-5"
                >
                  <span className="tabular text-ink-faint">{issue.rank}</span>
                  <button
                    type="button"
                    onClick={() => onOpen(issue.symbol)}
                    className="min-h-6 truncate text-left font-semibold underline-offset-2 hover:underline"
                    data-testid="most-traded-issue"
                  >
                    {issue.name_ko || issue.symbol}
                  </button>
                  <span className="tabular text-right">
                    {format.won(issue.price)}{' '}
                    <Change value={issue.change} text={format.won(issue.change, { signed: true })} />
                    <span className="block text-xs text-ink-faint">{t('value', { value: format.won(issue.value) })}</span>
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </QueryView>
    </Card>
  );
}
