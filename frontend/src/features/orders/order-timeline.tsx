import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { OrderDetail } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import { DecisionInputs } from './decision-inputs';
import { timelineOf, type Step } from './timeline';

/** Everything that happened to an order, oldest first. */
export function OrderTimeline({ order }: { order: OrderDetail }) {
  const t = useTranslations('orders');
  return (
    <section>
      <h3 className="mb-3 font-bold">{t('timeline')}</h3>
      <ol className="flex flex-col" data-testid="order-timeline">
        {timelineOf(order).map((step, index) => (
          <TimelineStep key={index} step={step} />
        ))}
      </ol>
    </section>
  );
}

/** Steps that a person should not overlook. */
const ALARMING = new Set(['denied', 'withdrawn', 'refused', 'proven_unsent', 'answer_lost', 'doubted', 'absent', 'reappeared']);
/** Steps whose particulars tell nothing to people, or are told elsewhere. */
const WORDLESS = new Set(['claimed', 'denied']);
const GOOD = new Set(['accepted', 'matched', 'person_bound']);

function TimelineStep({ step }: { step: Step }) {
  switch (step.kind) {
    case 'decision':
      return <DecisionStep step={step} decision={step.decision} />;
    case 'event':
      return <EventStep step={step} event={step.event} />;
    case 'attempt':
      return <AttemptStep step={step} attempt={step.attempt} />;
    case 'cancel':
      return <CancelStep step={step} cancel={step.cancel} />;
    case 'fill':
      return <FillStep step={step} fill={step.fill} />;
  }
}

type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>;

function DecisionStep({ step, decision }: { step: Step; decision: StepOf<'decision'>['decision'] }) {
  const t = useTranslations('orderSheet.decision');
  const denied = decision.outcome === 'denied';
  return (
    <Item step={step} title={t(denied ? 'denied' : 'approved')} tone={denied ? 'bad' : 'good'} name={`decision-${decision.outcome}`}>
      <DecisionInputs inputs={decision.inputs} code={decision.code} />
    </Item>
  );
}

function EventStep({ step, event }: { step: Step; event: StepOf<'event'>['event'] }) {
  const t = useTranslations('orderSheet');
  const words = useTranslations('orderSheet.events');
  const why = useTranslations('orderSheet.why');
  const doubts = useTranslations('doubt.why');
  const codes = useTranslations('errors');
  const tone = ALARMING.has(event.event) ? 'bad' : GOOD.has(event.event) ? 'good' : 'plain';
  // The number of the claim tells nothing to people; of a refusal there is the sentence of its check.
  const detail = WORDLESS.has(event.event) ? '' : event.detail;
  const filled = /^(\d+) of (\d+) filled$/.exec(detail);
  const told = filled
    ? t('filledOf', { filled: Number(filled[1]), quantity: Number(filled[2]) })
    : detail && wordOf(doubts.has(detail as never) ? doubts : why.has(detail as never) ? why : codes, detail);
  return (
    <Item step={step} title={wordOf(words, event.event)} tone={tone} name={event.event}>
      {told && <p className="text-sm text-ink-soft">{told}</p>}
    </Item>
  );
}

/** A request to the broker, and what came of it. */
function AttemptStep({ step, attempt }: { step: Step; attempt: StepOf<'attempt'>['attempt'] }) {
  const t = useTranslations('orderSheet.attempt');
  const classes = useTranslations('orderSheet.answerClasses');
  const proofs = useTranslations('orderSheet.proofs');
  const { n, cancel_id, wrote_bytes, proof, answer_class } = attempt;
  const left = wrote_bytes === false ? 'unsent' : wrote_bytes === null ? 'maybeSent' : 'sent';
  const told = [answer_class ? wordOf(classes, answer_class) : t('noAnswer'), proof && wordOf(proofs, proof)];
  return (
    <Item step={step} title={t(cancel_id === null ? left : 'cancel', { n })} tone={answer_class === 'a' ? 'good' : 'plain'} name="attempt">
      <p className="text-sm text-ink-soft">{told.filter(Boolean).join(' · ')}</p>
    </Item>
  );
}

function CancelStep({ step, cancel }: { step: Step; cancel: StepOf<'cancel'>['cancel'] }) {
  const t = useTranslations('orderSheet.cancel');
  const causes = useTranslations('orderSheet.cancelCauses');
  const states = useTranslations('orderSheet.cancelStates');
  return (
    <Item step={step} title={t('title', { n: cancel.n })} tone="plain" name="cancel">
      <p className="text-sm text-ink-soft">
        {wordOf(causes, cancel.cause)} · {wordOf(states, cancel.state)}
      </p>
    </Item>
  );
}

function FillStep({ step, fill }: { step: Step; fill: StepOf<'fill'>['fill'] }) {
  const t = useTranslations('orderSheet');
  const format = useFormat();
  return (
    <Item step={step} title={t('filled', { quantity: fill.quantity })} tone="good" name="fill">
      <p className="tabular text-sm text-ink-soft">
        {t('filledAt', { price: format.decimal(fill.price), costs: format.won(fill.commission + fill.tax) })}
      </p>
    </Item>
  );
}

const DOT = { plain: 'bg-line-strong', good: 'bg-good', bad: 'bg-danger' } as const;

interface ItemProps {
  step: Step;
  title: string;
  tone: keyof typeof DOT;
  name: string;
  children?: ReactNode;
}

function Item({ step, title, tone, name, children }: ItemProps) {
  const format = useFormat();
  return (
    <li data-testid="order-step" data-step={name} className="relative border-l-2 border-line pb-4 pl-5 last:border-transparent last:pb-0">
      <span aria-hidden className={cn('absolute top-1.5 -left-[0.4375rem] size-3 rounded-full ring-4 ring-surface', DOT[tone])} />
      <p className="font-medium">{title}</p>
      <p className="tabular text-xs text-ink-faint">
        {format.dateTime(step.at)}
        {step.sinceBefore ? ` (+${format.span(step.sinceBefore)})` : ''}
      </p>
      {children}
    </li>
  );
}
