import { RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Field, Input, Select } from '@/components/ui/field';
import { Fold } from '@/components/ui/fold';
import { RowButton } from '@/features/builder/conditions/condition-row';
import { withValue, without } from '@/features/builder/document/edit';
import type { RuleParameter } from '@/features/builder/document/model';
import { PARAMETERS, usesOfParameter, withParameterName } from '@/features/builder/document/rules-edit';
import { CommitInput, NumberInput, Slider } from '@/features/builder/fields';
import { useBuilder } from '@/features/builder/state/context';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const BOUNDS = ['default', 'min', 'max', 'step'] as const;

/** A parameter of the document: the value this strategy runs with, and what it may be. */
export function ParameterCard({ parameter }: { parameter: RuleParameter }) {
  const t = useTranslations('builder.parameters');
  const { rules, draft, change, edit, disabled } = useBuilder();
  const [isWrong, setWrong] = useState(false);
  const { name, min, max, isInteger, description } = parameter;
  const step = parameter.step ?? (isInteger ? 1 : null);
  const own = draft.overrides[name];
  const value = typeof own === 'number' ? own : parameter.default;
  const uses = usesOfParameter(rules, name);
  const path = [...PARAMETERS, name];

  const override = (next: number | undefined) =>
    change((draft) => {
      const others = Object.entries(draft.overrides).filter(([key]) => key !== name);
      const kept = next === undefined || next === parameter.default ? [] : [[name, next] as const];
      return { ...draft, overrides: Object.fromEntries([...others, ...kept]) };
    }, `override ${name}`);
  const rename = (next: string) => {
    const isFree = NAME.test(next) && rules.parameters.every((other) => other.name !== next);
    setWrong(!isFree);
    if (!isFree) return false;
    change(({ document, overrides: { [name]: kept, ...others }, ...draft }) => ({
      ...draft,
      document: withParameterName(document, name, next),
      overrides: kept === undefined ? others : { ...others, [next]: kept },
    }));
    return true;
  };
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line p-3" data-testid="parameter-card" data-path={`strategy.params.${name}`}>
      <div className="flex items-center gap-2">
        <h3 className="min-w-0 flex-1">
          <span className="font-mono text-sm font-bold">${name}</span>
          {description && <span className="ml-2 text-sm text-ink-faint">{description}</span>}
        </h3>
        {own !== undefined && (
          <RowButton label={t('reset')} disabled={disabled} onClick={() => override(undefined)} testId="parameter-reset">
            <RotateCcw aria-hidden />
          </RowButton>
        )}
        <RowButton
          label={uses > 0 ? t('inUse', { count: uses }) : t('removeLabel', { name })}
          disabled={disabled || uses > 0}
          onClick={() => edit((text) => without(text, path))}
          testId="parameter-remove"
        >
          <Trash2 aria-hidden />
        </RowButton>
      </div>
      <Field label={t('value')}>
        {(wiring) => (
          <span className="flex items-center gap-3">
            <span className="w-28 shrink-0">
              <NumberInput {...wiring} value={value} min={min ?? undefined} max={max ?? undefined} step={isInteger ? 1 : 'any'} onChange={override} data-testid={`override-${name}`} />
            </span>
            {min !== null && max !== null && (
              <Slider
                aria-label={`$${name}`}
                min={min}
                max={max}
                step={step ?? (max - min) / 100}
                value={value ?? min}
                disabled={disabled}
                onChange={({ target }) => override(target.valueAsNumber)}
                data-testid={`override-slider-${name}`}
              />
            )}
          </span>
        )}
      </Field>
      <Fold title={t('details')} summary={`${parameter.default ?? ''} (${min ?? ''}–${max ?? ''})`} testId={`parameter-details-${name}`}>
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
          <Field label={t('name')} error={isWrong ? t('nameWrong') : undefined}>
            {(wiring) => <CommitInput {...wiring} value={name} onCommit={rename} data-testid="parameter-name" />}
          </Field>
          {BOUNDS.map((key) => (
            <Field key={key} label={t(key)}>
              {(wiring) => (
                <NumberInput
                  {...wiring}
                  value={parameter[key]}
                  step={isInteger ? 1 : 'any'}
                  onChange={(next) => edit((text) => withValue(text, [...path, key], next), `${name} ${key}`)}
                  onEmpty={key === 'default' ? undefined : () => edit((text) => without(text, [...path, key]))}
                  data-testid={`parameter-${key}`}
                />
              )}
            </Field>
          ))}
          <Field label={t('kind')}>
            {(wiring) => (
              <Select {...wiring} value={isInteger ? 'int' : 'float'} onChange={({ target }) => edit((text) => withValue(text, [...path, 'type'], target.value))}>
                <option value="int">{t('int')}</option>
                <option value="float">{t('float')}</option>
              </Select>
            )}
          </Field>
        </div>
        <Field label={t('description')}>
          {(wiring) => (
            <Input {...wiring} value={description} onChange={({ target }) => edit((text) => withValue(text, [...path, 'description'], target.value), `${name} description`)} />
          )}
        </Field>
      </Fold>
    </li>
  );
}
