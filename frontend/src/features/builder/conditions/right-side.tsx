import { useTranslations } from 'use-intl';
import { SCALE_OPERATIONS, type Right, type Scale } from '@/features/builder/document/model';
import { TokenNumber, TokenSelect } from '@/features/builder/fields';
import { useBuilder } from '@/features/builder/state/context';
import { NEW_INDICATOR } from './new-series';
import { SeriesOptions, seriesOf, useSeriesCode } from './series-options';

interface RightSideProps {
  right: Right;
  /** Place of the condition, from 1. */
  number: number;
  onChange: (right: Right) => void;
  onNewIndicator: () => void;
}

const NUMBER = 'number';

/** What the left side is compared with: a number, a parameter, or another series. */
export function RightSide({ right, number, onChange, onNewIndicator }: RightSideProps) {
  const t = useTranslations('builder.condition');
  const { rules, words } = useBuilder();
  const seriesCode = useSeriesCode();
  const parameter = (name: string) => `$${name}`;
  const declared = rules.parameters.map(({ name }) => name);
  const missing = right.kind === 'parameter' && !declared.includes(right.name) ? right.name : null;
  const value =
    right.kind === 'series' ? seriesCode(right.series) : right.kind === 'parameter' ? parameter(right.name) : right.kind === 'number' ? NUMBER : '';
  const choose = (code: string) => {
    if (code === NEW_INDICATOR) onNewIndicator();
    else if (code === NUMBER) onChange({ kind: 'number', value: 0 });
    else if (code.startsWith('$')) onChange({ kind: 'parameter', name: code.slice(1) });
    else onChange({ kind: 'series', series: seriesOf(code), scale: right.kind === 'series' ? right.scale : null });
  };
  return (
    <>
      <TokenSelect
        aria-label={t('right', { number })}
        value={value}
        isWrong={missing !== null || right.kind === 'missing'}
        onChange={({ target }) => choose(target.value)}
        data-testid="condition-right"
      >
        {right.kind === 'missing' && (
          <option value="" disabled>
            {t('missing')}
          </option>
        )}
        <optgroup label={t('values')}>
          <option value={NUMBER}>{t('aNumber')}</option>
        </optgroup>
        {(declared.length > 0 || missing !== null) && (
          <optgroup label={t('parameters')}>
            {missing !== null && <option value={parameter(missing)}>{t('undeclared', { name: parameter(missing) })}</option>}
            {declared.map((name) => (
              <option key={name} value={parameter(name)}>
                {`${parameter(name)} (${words.right({ kind: 'parameter', name })})`}
              </option>
            ))}
          </optgroup>
        )}
        <SeriesOptions current={right.kind === 'series' ? right.series : null} />
        <option value={NEW_INDICATOR}>{t('newIndicator')}</option>
      </TokenSelect>
      {right.kind === 'number' && (
        <TokenNumber
          aria-label={t('number', { number })}
          value={right.value}
          onChange={(next) => onChange({ kind: 'number', value: next })}
          data-testid="condition-number"
        />
      )}
      {right.kind === 'series' && right.scale && <ScaleFields scale={right.scale} number={number} onChange={(scale) => onChange({ ...right, scale })} />}
    </>
  );
}

const PLAIN = 'plain';

interface ScaleFieldsProps {
  scale: Scale;
  number: number;
  onChange: (scale: Scale | null) => void;
}

/** Moves the right series up or down before it is compared: times 1.02, minus 100. */
function ScaleFields({ scale, number, onChange }: ScaleFieldsProps) {
  const t = useTranslations('builder.condition');
  const choose = (word: string) => {
    const operation = SCALE_OPERATIONS.find((known) => known === word);
    onChange(operation ? { ...scale, operation } : null);
  };
  return (
    <>
      <TokenSelect aria-label={t('scale', { number })} value={scale.operation} onChange={({ target }) => choose(target.value)} data-testid="condition-scale">
        {[...SCALE_OPERATIONS, PLAIN].map((operation) => (
          <option key={operation} value={operation}>
            {t(operation as 'plain')}
          </option>
        ))}
      </TokenSelect>
      <TokenNumber aria-label={t('factor', { number })} value={scale.factor} onChange={(factor) => onChange({ ...scale, factor })} data-testid="condition-factor" />
    </>
  );
}
