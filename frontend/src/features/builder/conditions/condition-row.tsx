import { ArrowDown, ArrowUp, Copy, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { cn } from '@/lib/cn';
import { OPERATORS, PATTERN_SIGNALS, type Comparison, type Condition, type GroupName, type PatternCondition } from '@/features/builder/document/model';
import { TokenSelect } from '@/features/builder/fields';
import { useBuilder } from '@/features/builder/state/context';
import { NEW_INDICATOR, NEW_PATTERN } from './new-series';
import { RightSide } from './right-side';
import { SeriesOptions, seriesOf, useSeriesCode } from './series-options';

/** What a choice of "another one" asks for. */
export type Wanted = { of: 'indicators'; take: (alias: string) => Condition } | { of: 'candlesticks'; take: (alias: string) => Condition };

interface ConditionRowProps {
  condition: Condition;
  group: GroupName;
  place: number;
  count: number;
  onChange: (condition: Condition) => void;
  onMove: (to: number) => void;
  onDuplicate: () => void;
  onRemove: () => void;
  /** Opens the list of indicators or patterns; what is taken from it becomes part of the condition. */
  onWant: (wanted: Wanted) => void;
}

/** A condition as a sentence whose words can be exchanged. */
export function ConditionRow(props: ConditionRowProps) {
  const { condition, group, place, count, onMove, onDuplicate, onRemove } = props;
  const t = useTranslations('builder.condition');
  const { words, findings, disabled } = useBuilder();
  const path = `strategy.${group}.conditions[${place}]`;
  const number = place + 1;
  const isWrong = findings.some((finding) => finding.severity === 'error' && finding.path.startsWith(path));
  const sentence = words.sentence(condition);
  return (
    <div
      role="group"
      aria-label={sentence}
      data-testid="condition-row"
      data-path={path}
      className={cn('flex flex-col gap-2 rounded-lg border bg-surface p-3', isWrong ? 'border-danger' : 'border-line')}
    >
      {condition.kind === 'pattern' ? <PatternSentence {...props} condition={condition} number={number} /> : <ComparisonSentence {...props} condition={condition} number={number} />}
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1">
          <ScaleButton {...props} />
        </span>
        <RowButton label={t('up', { number })} disabled={disabled || place === 0} onClick={() => onMove(place - 1)} testId="condition-up">
          <ArrowUp aria-hidden />
        </RowButton>
        <RowButton label={t('down', { number })} disabled={disabled || place === count - 1} onClick={() => onMove(place + 1)} testId="condition-down">
          <ArrowDown aria-hidden />
        </RowButton>
        <RowButton label={t('duplicate', { number })} disabled={disabled} onClick={onDuplicate} testId="condition-duplicate">
          <Copy aria-hidden />
        </RowButton>
        <RowButton label={t('remove', { number })} disabled={disabled} onClick={onRemove} testId="condition-remove">
          <Trash2 aria-hidden />
        </RowButton>
      </div>
    </div>
  );
}

/** Offers to move the right series before it is compared: 2 % over an average, 100 won under a low. */
function ScaleButton({ condition, onChange }: ConditionRowProps) {
  const t = useTranslations('builder.condition');
  const { disabled } = useBuilder();
  if (condition.kind !== 'comparison' || condition.right.kind !== 'series' || condition.right.scale) return null;
  // A crossing is told by the series alone.
  if (condition.operator.startsWith('cross_')) return null;
  const { right } = condition;
  return (
    <button
      type="button"
      disabled={disabled}
      onClick={() => onChange({ ...condition, right: { ...right, scale: { operation: 'mul', factor: 1 } } })}
      className="h-8 rounded-md px-1 text-sm text-ink-faint hover:text-ink disabled:cursor-not-allowed"
      data-testid="condition-scale-add"
    >
      {t('scaleAdd')}
    </button>
  );
}

interface RowButtonProps {
  label: string;
  disabled: boolean;
  onClick: () => void;
  testId: string;
  children: ReactNode;
}

export function RowButton({ label, testId, ...props }: RowButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      data-testid={testId}
      className="grid size-8 shrink-0 place-items-center rounded-md text-ink-faint hover:bg-raised hover:text-ink disabled:cursor-not-allowed disabled:opacity-35 [&_svg]:size-4"
      {...props}
    />
  );
}

const SENTENCE = 'flex flex-wrap items-center gap-x-1 gap-y-1.5 leading-8';

type SentenceProps<T> = ConditionRowProps & { condition: T; number: number };

function ComparisonSentence({ condition, number, onChange, onWant }: SentenceProps<Comparison>) {
  const t = useTranslations('builder');
  const { words } = useBuilder();
  const seriesCode = useSeriesCode();
  const { left, operator, right } = condition;
  const isKnown = OPERATORS.some((known) => known === operator);
  const wantLeft = () => onWant({ of: 'indicators', take: (name) => ({ ...condition, left: { name, output: null } }) });
  const wantRight = () =>
    onWant({ of: 'indicators', take: (name) => ({ ...condition, right: { kind: 'series', series: { name, output: null }, scale: null } }) });
  return (
    <div className={SENTENCE}>
      {t.rich('sentence.tokens', {
        left: () => (
          <TokenSelect
            key="left"
            aria-label={t('condition.left', { number })}
            value={seriesCode(left)}
            onChange={({ target }) => (target.value === NEW_INDICATOR ? wantLeft() : onChange({ ...condition, left: seriesOf(target.value) }))}
            data-testid="condition-left"
          >
            <SeriesOptions current={left} />
            <option value={NEW_INDICATOR}>{t('condition.newIndicator')}</option>
          </TokenSelect>
        ),
        subject: () => <span key="subject" className="-ml-0.5">{words.afterLeft(words.series(left))}</span>,
        right: () => <RightSide key="right" right={right} number={number} onChange={(next) => onChange({ ...condition, right: next })} onNewIndicator={wantRight} />,
        tie: () => <span key="tie" className="-ml-0.5">{words.afterRight(words.right(right), operator)}</span>,
        operator: () => (
          <TokenSelect
            key="operator"
            aria-label={t('condition.operator', { number })}
            value={operator}
            isWrong={!isKnown}
            onChange={({ target }) => onChange({ ...condition, operator: target.value })}
            data-testid="condition-operator"
          >
            {!isKnown && <option value={operator}>{operator}</option>}
            {OPERATORS.map((known) => (
              <option key={known} value={known}>
                {words.operator(known)}
              </option>
            ))}
          </TokenSelect>
        ),
      })}
    </div>
  );
}

function PatternSentence({ condition, number, onChange, onWant }: SentenceProps<PatternCondition>) {
  const t = useTranslations('builder');
  const { rules, words } = useBuilder();
  const { alias, signal } = condition;
  const isDeclared = rules.candlesticks.some((entry) => entry.alias === alias);
  const want = () => onWant({ of: 'candlesticks', take: (next) => ({ ...condition, alias: next }) });
  return (
    <div className={SENTENCE}>
      {t.rich('sentence.patternTokens', {
        pattern: () => (
          <TokenSelect
            key="pattern"
            aria-label={t('condition.pattern', { number })}
            value={alias}
            isWrong={!isDeclared}
            onChange={({ target }) => (target.value === NEW_PATTERN ? want() : onChange({ ...condition, alias: target.value }))}
            data-testid="condition-pattern"
          >
            {!isDeclared && <option value={alias}>{t('condition.undeclared', { name: alias })}</option>}
            {rules.candlesticks.map((entry) => (
              <option key={entry.alias} value={entry.alias}>
                {words.pattern(entry.alias)}
              </option>
            ))}
            <option value={NEW_PATTERN}>{t('condition.newPattern')}</option>
          </TokenSelect>
        ),
        signal: () => (
          <TokenSelect
            key="signal"
            aria-label={t('condition.signal', { number })}
            value={signal}
            onChange={({ target }) => onChange({ ...condition, signal: PATTERN_SIGNALS.find((known) => known === target.value) ?? signal })}
            data-testid="condition-signal"
          >
            {PATTERN_SIGNALS.map((known) => (
              <option key={known} value={known}>
                {t(`condition.signals.${known}`)}
              </option>
            ))}
          </TokenSelect>
        ),
      })}
    </div>
  );
}
