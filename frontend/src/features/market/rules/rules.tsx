import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Field, Input, Select } from '@/components/ui/field';
import { IntegerInput } from '@/components/ui/integer-input';
import { Segmented } from '@/components/ui/segmented';
import { KINDS, MARKETS } from '@/features/market/issue-words';
import type { Instrument } from '@/lib/api/contract';
import { seoulDate } from '@/lib/format/format';
import { useUrlState } from '@/lib/navigation';
import { CostReceipt } from './cost-receipt';
import { PLANS, SIDES, type Question } from './question';
import { PriceBand } from './price-band';
import { Timetable } from './timetable';

/** The rule book for one day and one kind of issue: prices, costs and hours, all looked up by date. */
export function Rules() {
  const url = useUrlState();
  const [question, setQuestion] = useState<Omit<Question, 'date'>>({
    market: 'kospi',
    kind: 'stock',
    price: 70_000,
    quantity: 10,
    side: 'sell',
    plan: 'bankis',
  });
  const date = url.get('date') ?? seoulDate(new Date());
  const asked = { ...question, date };
  return (
    <>
      <div className="grid items-start gap-5 lg:grid-cols-2 xl:grid-cols-3">
        <QuestionForm
          question={asked}
          onChange={(part) => setQuestion((before) => ({ ...before, ...part }))}
          onDate={(next) => url.update({ date: next })}
        />
        <PriceBand question={asked} />
        <CostReceipt question={asked} />
      </div>
      <Timetable date={date} onDate={(next) => url.update({ date: next })} />
    </>
  );
}

interface QuestionFormProps {
  question: Question;
  onChange: (part: Partial<Question>) => void;
  onDate: (date: string) => void;
}

function QuestionForm({ question, onChange, onDate }: QuestionFormProps) {
  const t = useTranslations('rules');
  const words = useTranslations('market');
  const sides = useTranslations('side');
  return (
    <Card className="lg:row-span-2 xl:row-span-1">
      <CardHeader title={t('question')} hint={t('questionHint')} />
      <CardBody className="grid grid-cols-2 gap-4">
        <Field label={t('date')} className="col-span-2 sm:col-span-1 lg:col-span-2">
          {(wiring) => (
            <Input
              {...wiring}
              type="date"
              value={question.date}
              onChange={(event) => event.target.value && onDate(event.target.value)}
              data-testid="rules-date"
            />
          )}
        </Field>
        <Field label={words('market')}>
          {(wiring) => (
            <Select
              {...wiring}
              value={question.market}
              onChange={({ target }) => onChange({ market: target.value as Instrument['market'] })}
              data-testid="rules-market"
            >
              {MARKETS.map((market) => (
                <option key={market} value={market}>
                  {words(`markets.${market}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={words('kind')}>
          {(wiring) => (
            <Select
              {...wiring}
              value={question.kind}
              onChange={({ target }) => onChange({ kind: target.value as Instrument['kind'] })}
              data-testid="rules-kind"
            >
              {KINDS.map((kind) => (
                <option key={kind} value={kind}>
                  {words(`kinds.${kind}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t('price')}>
          {(wiring) => (
            <IntegerInput
              {...wiring}
              value={question.price}
              onChange={(price) => onChange({ price })}
              data-testid="rules-price"
            />
          )}
        </Field>
        <Field label={t('quantity')}>
          {(wiring) => (
            <IntegerInput
              {...wiring}
              value={question.quantity}
              onChange={(quantity) => onChange({ quantity })}
              data-testid="rules-quantity"
            />
          )}
        </Field>
        <Segmented
          className="col-span-2 self-end sm:col-span-1 lg:col-span-2"
          label={t('side')}
          value={question.side}
          onChange={(side) => onChange({ side })}
          options={SIDES.map((side) => ({ value: side, label: sides(side), testId: `rules-${side}` }))}
        />
        <Field label={t('plan')} className="col-span-2">
          {(wiring) => (
            <Select
              {...wiring}
              value={question.plan}
              onChange={({ target }) => onChange({ plan: target.value as Question['plan'] })}
              data-testid="rules-plan"
            >
              {PLANS.map((plan) => (
                <option key={plan} value={plan}>
                  {t(`plans.${plan}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </CardBody>
    </Card>
  );
}
