import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Fact } from '@/components/ui/fact';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { AskedTerms } from '@/lib/api/rules';
import { rateText } from '@/lib/format/rate-text';
import { useFormat } from '@/lib/format/use-format';

/** Shares for a million won. */
const EXAMPLE = { market: 'kospi', kind: 'stock', side: 'buy', price: 10_000, quantity: 100 } as const;

/** What the terms cost, by the rule book of the server. */
export function ExampleCost({ terms }: { terms: AskedTerms }) {
  const t = useTranslations('settings');
  const format = useFormat();
  const query = useQuery(queries.tradeCosts({ ...EXAMPLE, ...terms }));
  return (
    <QueryView query={query} loading={<SkeletonRows rows={2} />}>
      {(costs) => (
        <dl>
          <Fact name={t('commissionRate')} testId="commission-example-rate">
            {rateText(format, costs.commission_rate)}
          </Fact>
          <Fact
            name={t('commissionExample', { amount: format.won(costs.amount) })}
            testId="commission-example-cost"
          >
            {format.won(costs.commission)}
          </Fact>
        </dl>
      )}
    </QueryView>
  );
}
