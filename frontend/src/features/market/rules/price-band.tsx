import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Fact } from '@/components/ui/fact';
import { QueryView } from '@/components/ui/query-view';
import { SkeletonRows } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import { useFormat } from '@/lib/format/use-format';
import { useDebounced } from '@/lib/hooks/use-debounced';
import type { Question } from './question';

const TYPING_PAUSE_MS = 250;

/** The tick and the daily limits that follow from a base price. */
export function PriceBand({ question }: { question: Question }) {
  const t = useTranslations('rules');
  const format = useFormat();
  const { market, kind, date, multiple, occasion } = question;
  const price = useDebounced(question.price, TYPING_PAUSE_MS);
  const isAsked = price > 0;
  const query = useQuery({
    ...queries.priceRule({
      market,
      kind,
      date,
      base_price: price,
      multiple,
      first_session: occasion === 'first_session',
      liquidation: occasion === 'liquidation',
    }),
    enabled: isAsked,
  });
  return (
    <Card data-testid="rules-limits">
      <CardHeader title={t('limits')} hint={t('limitsHint')} />
      <CardBody>
        {isAsked ? (
          <QueryView query={query} loading={<SkeletonRows rows={4} />}>
            {(rule) => (
              <dl>
                <Fact name={t('basePrice')} testId="rule-base">
                  {format.won(rule.base_price)}
                </Fact>
                <Fact name={t('tick')} testId="rule-tick">
                  {format.won(rule.tick)}
                </Fact>
                <Fact name={t('upper')} testId="rule-upper">
                  <span className="text-up">
                    {rule.upper === null ? t('noLimit') : format.won(rule.upper)}
                  </span>
                </Fact>
                <Fact name={t('lower')} testId="rule-lower">
                  <span className="text-down">
                    {rule.lower === null ? t('noLimit') : format.won(rule.lower)}
                  </span>
                </Fact>
                <Fact name={t('rule')}>{t(`limitRules.${rule.rule}`)}</Fact>
              </dl>
            )}
          </QueryView>
        ) : (
          <p className="py-4 text-sm text-ink-faint">{t('enterPrice')}</p>
        )}
      </CardBody>
    </Card>
  );
}
