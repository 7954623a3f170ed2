import { useQuery } from '@tanstack/react-query';
import { Sparkles } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Change } from '@/components/finance/change';
import { Button } from '@/components/ui/button';
import { Card, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { useFormat } from '@/lib/format/use-format';
import { Link } from '@/lib/navigation';

export function ActiveStrategies() {
  const t = useTranslations('dashboard');
  const format = useFormat();
  const query = useQuery(queries.strategyList({ is_active: true, page: 1, page_size: 6 }));
  return (
    <Card>
      <CardHeader
        title={t('activeStrategies')}
        action={
          <Button asChild variant="ghost" size="sm">
            <Link href="/strategies/" prefetch={false}>
              {t('all')}
            </Link>
          </Button>
        }
      />
      <QueryView query={query} loading={<SkeletonRows rows={3} />}>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState
              icon={Sparkles}
              title={t('noActiveStrategies')}
              text={t('noActiveStrategiesHint')}
            />
          ) : (
            <ul className="divide-y divide-line border-t border-line">
              {page.items.map((strategy) => (
                <li key={strategy.id}>
                  <Link
                    href={`/strategies/edit/?id=${strategy.id}`}
                    prefetch={false}
                    className="flex items-center justify-between gap-3 px-4 py-3 hover:bg-raised sm:px-5"
                  >
                    <span className="min-w-0">
                      <span className="block truncate font-semibold">{strategy.name}</span>
                      <span className="text-sm text-ink-faint">
                        {t('symbols', { count: strategy.symbols.length })}
                      </span>
                    </span>
                    {strategy.last_backtest && (
                      <span className="shrink-0 text-right text-sm">
                        <Change
                          value={strategy.last_backtest.total_return}
                          text={format.percent(strategy.last_backtest.total_return, { signed: true })}
                        />
                        <span className="block text-xs text-ink-faint">{t('lastBacktest')}</span>
                      </span>
                    )}
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}
