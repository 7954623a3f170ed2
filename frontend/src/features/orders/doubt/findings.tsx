import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Fact } from '@/components/ui/fact';
import type { OrderDetail, OrderEvidence } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useOpenOrder } from '@/lib/navigation/open-order';

interface FindingsProps {
  order: OrderDetail;
  evidence: OrderEvidence;
}

/** What lists, balance and notices say, beside the candidates. */
export function Findings({ order, evidence }: FindingsProps) {
  const t = useTranslations('doubt.findings');
  const format = useFormat();
  return (
    <Card>
      <CardHeader title={t('title')} />
      <CardBody>
        <dl data-testid="doubt-findings">
          <Fact name={t('sent')}>{format.dateTime(order.sent_at)}</Fact>
          <Fact name={t('deadline')}>{format.dateTime(order.hard_deadline_at)}</Fact>
          <Fact name={t('lists')}>
            {t('listsRead', { count: evidence.lists_read })}
            {evidence.last_list_at && ` · ${format.dateTime(evidence.first_list_at)} – ${format.time(evidence.last_list_at)}`}
          </Fact>
          <Fact name={t('witness')}>{t(evidence.has_witness ? 'witnessSeen' : 'witnessNone')}</Fact>
          {evidence.next_list_at && <Fact name={t('nextList')}>{format.time(evidence.next_list_at)}</Fact>}
          {evidence.cash && <Balance name={t('cash')} compared={evidence.cash} text={format.won} />}
          {evidence.sellable && <Balance name={t('sellable')} compared={evidence.sellable} text={format.shares} />}
          <Fact name={t('notices')}>
            {evidence.notices.length > 0 ? evidence.notices.map((notice) => notice.broker_order_id).join(', ') : t('noNotices')}
          </Fact>
          {evidence.claimants.length > 0 && (
            <Fact name={t('claimants')}>
              <Claimants ids={evidence.claimants} />
            </Fact>
          )}
          {evidence.decision && <Fact name={t('decided')}>{evidence.decision}</Fact>}
        </dl>
      </CardBody>
    </Card>
  );
}

interface BalanceProps {
  name: string;
  compared: NonNullable<OrderEvidence['cash']>;
  text: (value: number | null) => string;
}

/** What the broker tells beside what there should be if the order never came. */
function Balance({ name, compared, text }: BalanceProps) {
  const t = useTranslations('doubt.findings');
  const { before, now, needed } = compared;
  return (
    <Fact name={name}>
      {t('toldExpected', { told: text(now), expected: text(before) })}
      {needed !== null && ` · ${t('needed', { amount: text(needed) })}`}
    </Fact>
  );
}

/** Other orders of ours that may have made one of the candidates. */
function Claimants({ ids }: { ids: number[] }) {
  const t = useTranslations('orders');
  const { open } = useOpenOrder();
  return (
    <span className="inline-flex flex-wrap justify-end gap-2">
      {ids.map((id) => (
        <button key={id} type="button" onClick={() => open(id)} className="min-h-6 underline underline-offset-2">
          {t('detailTitle', { id })}
        </button>
      ))}
    </span>
  );
}
