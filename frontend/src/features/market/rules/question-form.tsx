import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Field, Input, Select } from '@/components/ui/field';
import { IntegerInput } from '@/components/ui/integer-input';
import { Segmented } from '@/components/ui/segmented';
import { MARKETS } from '@/features/market/issue-words';
import { TRADED_KINDS } from '@/lib/api/market';
import { PLANS } from '@/lib/api/rules';
import { MULTIPLES, OCCASIONS, SIDES, type Question } from './question';

interface QuestionFormProps {
  question: Question;
  onChange: (part: Partial<Question>) => void;
  onDate: (date: string) => void;
}

export function QuestionForm({ question, onChange, onDate }: QuestionFormProps) {
  const t = useTranslations('rules');
  const words = useTranslations('market');
  const sides = useTranslations('side');
  return (
    <Card className="lg:row-span-2 xl:row-span-1">
      <CardHeader title={t('question')} hint={t('questionHint')} />
      <CardBody className="grid grid-cols-2 gap-4">
        <Field label={t('date')} className="col-span-2">
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
        <WordSelect
          label={words('market')}
          value={question.market}
          options={MARKETS}
          text={(market) => words(`markets.${market}`)}
          onChange={(market) => onChange({ market })}
          testId="rules-market"
        />
        <WordSelect
          label={words('kind')}
          value={question.kind}
          options={TRADED_KINDS}
          text={(kind) => words(`kinds.${kind}`)}
          onChange={(kind) => onChange({ kind, multiple: 100 })}
          testId="rules-kind"
        />
        <WordSelect
          label={t('occasion')}
          value={question.occasion}
          options={OCCASIONS}
          text={(occasion) => t(`occasions.${occasion}`)}
          onChange={(occasion) => onChange({ occasion })}
          testId="rules-occasion"
        />
        <WordSelect
          label={t('multiple')}
          value={String(question.multiple)}
          options={question.kind === 'stock' ? ['100'] : MULTIPLES.map(String)}
          text={(multiple) => t('times', { times: Number(multiple) / 100 })}
          onChange={(multiple) => onChange({ multiple: Number(multiple) })}
          testId="rules-multiple"
        />
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
          className="col-span-2"
          label={t('side')}
          value={question.side}
          onChange={(side) => onChange({ side })}
          options={SIDES.map((side) => ({ value: side, label: sides(side), testId: `rules-${side}` }))}
        />
        <WordSelect
          className="col-span-2"
          label={t('plan')}
          value={question.plan}
          options={PLANS}
          text={(plan) => t(`plans.${plan}`)}
          onChange={(plan) => onChange({ plan })}
          testId="rules-plan"
        />
      </CardBody>
    </Card>
  );
}

interface WordSelectProps<T extends string> {
  label: string;
  value: T;
  options: readonly T[];
  text: (option: T) => string;
  onChange: (option: T) => void;
  testId: string;
  className?: string;
}

function WordSelect<T extends string>(props: WordSelectProps<T>) {
  const { label, value, options, text, onChange, testId, className } = props;
  return (
    <Field label={label} className={className}>
      {(wiring) => (
        <Select
          {...wiring}
          value={value}
          onChange={({ target }) => onChange(target.value as T)}
          data-testid={testId}
        >
          {options.map((option) => (
            <option key={option} value={option}>
              {text(option)}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
