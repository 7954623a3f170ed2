import { useQueryClient } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { SideBadge } from '@/components/finance/badges';
import { PasswordDialog, type Confirmed } from '@/components/finance/password-dialog';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { toast } from '@/components/ui/toast';
import { orders } from '@/lib/api/orders';
import type { Candidate as Row, OrderDetail, OrderEvidence } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import { useCanWrite } from '@/lib/session/store';
import { acceptedAfter } from './accepted-after';

/** What stands for "the broker never had it" among the choices; no number of a broker is a word. */
const ABSENT = 'absent';

interface CandidatesProps {
  order: OrderDetail;
  evidence: OrderEvidence;
}

/** The orders of the broker that may be ours, and the choice among them. */
export function Candidates({ order, evidence }: CandidatesProps) {
  const t = useTranslations('doubt');
  const canWrite = useCanWrite();
  const [choice, setChoice] = useState<string>('');
  const [asking, setAsking] = useState(false);
  const { can_decide: isOpen } = evidence;
  // Those that nothing speaks against come first.
  const candidates = evidence.candidates.toSorted((a, b) => Number(b.can_bind) - Number(a.can_bind));
  return (
    <Card>
      <CardHeader title={t('candidates')} hint={t(candidates.length > 0 ? 'candidatesHint' : 'noCandidates')} />
      <CardBody className="flex flex-col gap-4">
        <RadioGroup.Root value={choice} onValueChange={setChoice} disabled={!isOpen || !canWrite} aria-label={t('choose')} className="grid gap-3 xl:grid-cols-2">
          {candidates.map((row) => (
            <Choice key={row.broker_order_id} value={row.broker_order_id} disabled={!row.can_bind} title={t(row.can_bind ? 'isThis' : 'isOther', { number: row.broker_order_id })}>
              <Candidate order={order} row={row} />
            </Choice>
          ))}
          <Choice value={ABSENT} title={t('absent')}>
            <p className="text-sm text-ink-soft">{t('absentHint')}</p>
          </Choice>
        </RadioGroup.Root>
        {!isOpen && <p className="text-sm text-ink-soft">{t('settled')}</p>}
        {isOpen && !canWrite && <p className="text-sm text-ink-soft">{t('readOnly')}</p>}
        {isOpen && canWrite && (
          <Button className="self-start" disabled={choice === ''} onClick={() => setAsking(true)} data-testid="doubt-decide">
            {t('decide')}
          </Button>
        )}
        {asking && <DecideDialog order={order} choice={choice} onClose={() => setAsking(false)} />}
      </CardBody>
    </Card>
  );
}

function Choice({ value, title, disabled, children }: { value: string; title: string; disabled?: boolean; children: ReactNode }) {
  return (
    <RadioGroup.Item
      value={value}
      disabled={disabled}
      data-testid="doubt-choice"
      data-choice={value}
      className="flex flex-col gap-2 rounded-xl border border-line p-4 text-left hover:bg-raised disabled:cursor-default data-[state=checked]:border-accent data-[state=checked]:ring-1 data-[state=checked]:ring-accent"
    >
      <span className="flex items-center gap-2.5 font-semibold">
        <span aria-hidden className="grid size-4.5 shrink-0 place-items-center rounded-full border border-line-strong">
          <RadioGroup.Indicator className="size-2.5 rounded-full bg-accent" />
        </span>
        {title}
      </span>
      {children}
    </RadioGroup.Item>
  );
}

/** One order of the broker, field by field against ours. */
function Candidate({ order, row }: { order: OrderDetail; row: Row }) {
  const t = useTranslations('doubt');
  const types = useTranslations('orderType');
  const ends = useTranslations('orderState');
  const format = useFormat();
  const reasons = useTranslations('doubt.reasons');
  const against = (reason: string) => !row.reasons.includes(reason);
  const after = acceptedAfter(order.sent_at, row.accepted_at);
  return (
    <span className="flex flex-col text-sm">
      <Compared name={t('fields.side')} equal={against('other_side')}>
        <SideBadge side={row.side} />
      </Compared>
      <Compared name={t('fields.quantity')} equal={against('other_quantity')}>
        {format.shares(row.quantity)}
      </Compared>
      <Compared name={t('fields.price')} equal={against('other_price') && against('other_type')}>
        {row.price === null ? wordOf(types, row.order_type) : format.won(row.price)}
      </Compared>
      <Compared name={t('fields.accepted')} equal={after === null ? null : against('earlier') && against('late') && against('seen_before')}>
        {format.dateTime(row.accepted_at)}
        {after !== null && ` (${t(after < 0 ? 'before' : 'after', { time: format.seconds(Math.abs(after)) })})`}
      </Compared>
      <Compared name={t('fields.filled')} equal={null}>
        {format.integer(row.filled_quantity)} / {format.shares(row.quantity)}
        {row.end && ` · ${wordOf(ends, row.end)}`}
      </Compared>
      {row.reasons.length > 0 && (
        <span className="pt-2 text-ink-soft">{row.reasons.map((reason) => wordOf(reasons, reason)).join(' · ')}</span>
      )}
    </span>
  );
}

/** A field with a mark that says whether it is as ours; no mark where there is nothing to compare. */
function Compared({ name, equal, children }: { name: string; equal: boolean | null; children: ReactNode }) {
  const t = useTranslations('doubt');
  return (
    <span className="tabular flex items-center justify-between gap-3 border-b border-line py-1.5 last:border-b-0">
      <span className="shrink-0 text-ink-faint">{name}</span>
      <span className="flex min-w-0 items-center gap-1.5 text-right font-medium">
        {children}
        {equal !== null &&
          (equal ? (
            <Check aria-label={t('equal')} className="size-4 shrink-0 text-good" />
          ) : (
            <X aria-label={t('differs')} className="size-4 shrink-0 text-danger" />
          ))}
      </span>
    </span>
  );
}

function DecideDialog({ order, choice, onClose }: { order: OrderDetail; choice: string; onClose: () => void }) {
  const t = useTranslations('doubt');
  const client = useQueryClient();
  const isAbsent = choice === ABSENT;
  const decide = async (values: Confirmed) => {
    await orders.decide(order.id, { choice: isAbsent ? 'absent' : 'bind', broker_order_id: isAbsent ? null : choice, ...values });
    toast.success(t('decided'));
    await client.invalidateQueries({ queryKey: ['orders'] });
  };
  return (
    <PasswordDialog
      title={t(isAbsent ? 'decideAbsent' : 'decideBind', { number: choice })}
      description={t(isAbsent ? 'decideAbsentHint' : 'decideBindHint')}
      confirm={t('decide')}
      variant="danger"
      phrase={isAbsent ? t('absentPhrase') : choice}
      run={decide}
      onClose={onClose}
      testId="decide"
    />
  );
}
