import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Fact } from '@/components/ui/fact';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { rateText } from '@/lib/format/rate-text';
import { useFormat } from '@/lib/format/use-format';
import { useDebounced } from '@/lib/hooks/use-debounced';
import type { Question } from './question';

const TYPING_PAUSE_MS = 250;

/** What a trade costs, line by line as on a contract note, and when it is settled. */
export function CostReceipt({ question }: { question: Question }) {
  const t = useTranslations('rules');
  const format = useFormat();
  const price = useDebounced(question.price, TYPING_PAUSE_MS);
  const quantity = useDebounced(question.quantity, TYPING_PAUSE_MS);
  const { market, kind, date, side, plan } = question;
  const isAsked = price > 0 && quantity > 0;
  const query = useQuery({
    ...queries.tradeCosts({ market, kind, date, side, plan, price, quantity }),
    enabled: isAsked,
  });
  const rate = (value: number) => rateText(format, value);
  return (
    <Card data-testid="rules-costs">
      <CardHeader title={t('costs')} hint={t('costsHint')} />
      <CardBody>
        {isAsked ? (
          <QueryView query={query} loading={<SkeletonRows rows={5} />}>
            {(costs) => (
              <dl>
                <Fact name={t('amount')}>{format.won(costs.amount)}</Fact>
                <Fact name={t('commission', { rate: rate(costs.commission_rate) })} testId="cost-commission">
                  {format.won(costs.commission)}
                </Fact>
                <Fact name={t('tax', { rate: rate(costs.tax_rate) })} testId="cost-tax">
                  {format.won(costs.tax)}
                </Fact>
                <Fact name={t('ruralTax', { rate: rate(costs.rural_tax_rate) })} testId="cost-rural-tax">
                  {format.won(costs.rural_tax)}
                </Fact>
                <Fact name={t(costs.net < 0 ? 'toPay' : 'toReceive')} strong testId="cost-net">
                  {format.won(Math.abs(costs.net))}
                </Fact>
                <Fact name={t('settlement')} testId="cost-settlement">
                  {format.date(costs.settlement_date)}
                </Fact>
              </dl>
            )}
          </QueryView>
        ) : (
          <p className="py-4 text-sm text-ink-faint">{t('enterPriceAndQuantity')}</p>
        )}
      </CardBody>
    </Card>
  );
}
