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
import { cn } from '@/lib/cn';
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
  const why = useTranslations('doubt.why');
  const format = useFormat();
  const canWrite = useCanWrite();
  const [choice, setChoice] = useState<string>('');
  const [asking, setAsking] = useState(false);
  const { can_decide: isOpen } = evidence;
  const isAsked = order.state === 'unknown';
  const { candidates } = evidence;
  const shown = (rows: Row[]) =>
    rows.map((row) => (
      <Choice key={row.broker_order_id} value={row.broker_order_id} disabled={!row.can_bind} title={t(row.can_bind ? 'isThis' : 'isOther')} number={row.broker_order_id}>
        <Candidate order={order} row={row} />
      </Choice>
    ));
  return (
    <Card>
      <CardHeader title={t('candidates')} hint={t(candidates.length > 0 ? 'candidatesHint' : 'noCandidates')} />
      <CardBody className="flex flex-col gap-4">
        {isOpen && evidence.why && (
          <p className="rounded-lg bg-warn-soft px-3 py-2.5 text-sm font-semibold text-warn" data-testid="doubt-why">
            {wordOf(why, evidence.why)}
          </p>
        )}
        {isAsked && (
          <p className="tabular rounded-lg bg-raised px-3 py-2.5 text-sm" role="status" data-testid="doubt-waiting">
            {t('waiting')} {evidence.next_list_at && t('waitingNext', { time: format.time(evidence.next_list_at) })}
          </p>
        )}
        <RadioGroup.Root value={choice} onValueChange={setChoice} disabled={!isOpen || !canWrite} aria-label={t('choose')} className="grid gap-3 xl:grid-cols-2">
          {shown(candidates.filter((row) => row.can_bind))}
          {isOpen && (
            <Choice value={ABSENT} title={t('absent')}>
              <span className="text-sm text-ink-soft">{t('absentHint')}</span>
            </Choice>
          )}
          {/* What cannot be it is there to be seen, behind what there is to choose from. */}
          {shown(candidates.filter((row) => !row.can_bind))}
        </RadioGroup.Root>
        {!isOpen && !isAsked && <p className="text-sm text-ink-soft">{t('settled')}</p>}
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

interface ChoiceProps {
  value: string;
  title: string;
  /** The number of the row, where it is one. */
  number?: string;
  disabled?: boolean;
  children: ReactNode;
}

function Choice({ value, title, number, disabled, children }: ChoiceProps) {
  const t = useTranslations('doubt');
  return (
    <RadioGroup.Item
      value={value}
      disabled={disabled}
      data-testid="doubt-choice"
      data-choice={value}
      className="flex flex-col gap-2 rounded-xl border border-line p-4 text-left enabled:hover:border-line-strong disabled:cursor-default data-[state=checked]:border-accent data-[state=checked]:ring-1 data-[state=checked]:ring-accent"
    >
      <span className="flex items-start gap-2.5">
        <span
          aria-hidden
          className={cn('mt-0.5 grid size-4.5 shrink-0 place-items-center rounded-full border', disabled ? 'border-line bg-raised' : 'border-line-strong')}
        >
          <RadioGroup.Indicator className="size-2.5 rounded-full bg-accent" />
        </span>
        <span className="min-w-0">
          <span className="block font-semibold">{title}</span>
          {number && <span className="tabular block text-sm text-ink-faint">{t('rowNumber', { number })}</span>}
        </span>
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
      <Compared name={t('fields.quantity')} equal={against('other_quantity')} ours={format.shares(order.quantity)}>
        {format.shares(row.quantity)}
      </Compared>
      <Compared
        name={t('fields.price')}
        equal={against('other_price') && against('other_type')}
        ours={order.price === null ? wordOf(types, order.order_type) : format.won(order.price)}
      >
        {row.price === null ? wordOf(types, row.order_type) : format.won(row.price)}
      </Compared>
      <Compared name={t('fields.accepted')} equal={after === null ? null : against('earlier') && against('late') && against('seen_before')}>
        <span className="flex flex-col items-end">
          <span>{format.dateTime(row.accepted_at)}</span>
          {after !== null && (
            <span className="font-normal text-ink-faint">{t(after < 0 ? 'before' : 'after', { time: format.span(Math.abs(after)) })}</span>
          )}
        </span>
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

interface ComparedProps {
  name: string;
  equal: boolean | null;
  /** What ours says, told where the two differ. */
  ours?: string;
  children: ReactNode;
}

/** A field with a mark that says whether it is as ours; no mark where there is nothing to compare. */
function Compared({ name, equal, ours, children }: ComparedProps) {
  const t = useTranslations('doubt');
  return (
    <span className="tabular flex items-center justify-between gap-3 border-b border-line py-1.5 last:border-b-0">
      <span className="shrink-0 text-ink-faint">{name}</span>
      <span className="flex min-w-0 items-center gap-1.5 text-right font-medium">
        {children}
        {equal === false && ours && <span className="font-normal text-ink-faint">{t('oursIs', { value: ours })}</span>}
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
