import { Controller, type Control } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { ParameterControl } from '@/components/finance/parameter-fields';
import { useChoiceText, useParameterText } from '@/components/finance/use-parameter-text';
import { Field, Input } from '@/components/ui/field';
import { Segmented } from '@/components/ui/segmented';
import type { BacktestFormValues } from '@/features/backtest/form/values';
import { cn } from '@/lib/cn';
import type { ChoiceParameter, Parameter } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { valuesOfAxis, type AxisKind, type AxisValues } from './axes';

interface AxisFieldProps {
  parameter: Parameter;
  axis: AxisValues;
  onChange: (axis: AxisValues) => void;
  control: Control<BacktestFormValues>;
  /** Why the form or the server refused it. */
  error: string | undefined;
}

const isNumeric = ({ kind }: Parameter) => kind === 'integer' || kind === 'number';

/** One parameter: one value, a list of them, or a range in steps. */
export function AxisField({ parameter, axis, onChange, control, error }: AxisFieldProps) {
  const t = useTranslations('sweeps');
  const locale = usePreferences((state) => state.locale);
  const kinds: AxisKind[] = isNumeric(parameter) ? ['fixed', 'range', 'list'] : ['fixed', 'list'];
  const values = valuesOfAxis(axis, parameter);
  const text = useParameterText();
  const hint =
    axis.kind === 'fixed' ? undefined : values ? t('axisValues', { count: values.length, values: shortened(values.map((value) => text(parameter, value))) }) : t('axisUnreadable');
  return (
    <li className="flex flex-col gap-2.5 py-3" data-testid="sweep-axis" data-axis={parameter.name} data-kind={axis.kind}>
      <Field
        label={
          <span className="flex items-baseline gap-2">
            {parameter.title[locale]}
            <code className="text-xs font-normal text-ink-faint">{parameter.name}</code>
          </span>
        }
        hint={hint ?? parameter.description[locale]}
        error={error}
      >
        {(wiring) => (
          <div className="flex flex-wrap items-start gap-2">
            <Segmented
              label={t('axisKind', { name: parameter.title[locale] })}
              value={axis.kind}
              onChange={(kind) => onChange({ ...axis, kind })}
              options={kinds.map((kind) => ({
                value: kind,
                label: t(`axisKinds.${kind}`),
                testId: `axis-${parameter.name}-${kind}`,
              }))}
            />
            <div className={cn('flex-1', axis.kind === 'range' ? 'min-w-72' : 'min-w-40')}>
              {axis.kind === 'fixed' && (
                <Controller
                  control={control}
                  name={`parameters.${parameter.name}`}
                  render={({ field }) => (
                    <ParameterControl
                      parameter={parameter}
                      wiring={wiring}
                      value={field.value}
                      onChange={field.onChange}
                      onBlur={field.onBlur}
                      inputRef={field.ref}
                    />
                  )}
                />
              )}
              {axis.kind === 'list' && parameter.kind === 'choice' && <ChoiceList parameter={parameter} axis={axis} onChange={onChange} />}
              {axis.kind === 'list' && parameter.kind !== 'choice' && (
                <Input
                  {...wiring}
                  value={axis.values}
                  placeholder={t('listPlaceholder')}
                  autoComplete="off"
                  onChange={({ target }) => onChange({ ...axis, values: target.value })}
                  data-testid={`axis-${parameter.name}-values`}
                />
              )}
              {axis.kind === 'range' && <RangeInputs parameter={parameter} axis={axis} onChange={onChange} id={wiring.id} />}
            </div>
          </div>
        )}
      </Field>
    </li>
  );
}

interface ChoiceListProps {
  parameter: ChoiceParameter;
  axis: AxisValues;
  onChange: (axis: AxisValues) => void;
}

/** Which of the choices are tried. */
function ChoiceList({ parameter, axis, onChange }: ChoiceListProps) {
  const locale = usePreferences((state) => state.locale);
  const choiceText = useChoiceText();
  const tried = axis.values.split(',').map((value) => value.trim());
  const toggle = (choice: string) =>
    onChange({ ...axis, values: parameter.choices.filter((entry) => tried.includes(entry) !== (entry === choice)).join(', ') });
  return (
    <div role="group" aria-label={parameter.title[locale]} className="flex flex-wrap gap-1.5">
      {parameter.choices.map((choice) => (
        <label
          key={choice}
          className="flex h-8 items-center gap-2 rounded-lg border border-line px-2.5 text-sm has-checked:border-accent has-checked:bg-accent-soft"
        >
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={tried.includes(choice)}
            onChange={() => toggle(choice)}
            data-testid={`axis-${parameter.name}-${choice}`}
          />
          {choiceText(parameter, choice)}
        </label>
      ))}
    </div>
  );
}

const SHOWN = 8;

function shortened(values: string[]): string {
  if (values.length <= SHOWN) return values.join(', ');
  return `${values.slice(0, SHOWN - 1).join(', ')}, … ${values.at(-1)}`;
}

interface RangeInputsProps {
  parameter: Parameter;
  axis: AxisValues;
  onChange: (axis: AxisValues) => void;
  id: string;
}

function RangeInputs({ parameter, axis, onChange, id }: RangeInputsProps) {
  const t = useTranslations('sweeps');
  return (
    <div className="grid grid-cols-3 gap-2">
      {(['from', 'to', 'step'] as const).map((part, place) => (
        <label key={part} className="relative">
          <span className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-xs text-ink-faint">
            {t(`axisParts.${part}`)}
          </span>
          <Input
            id={place === 0 ? id : undefined}
            type="number"
            step="any"
            inputMode={parameter.kind === 'integer' ? 'numeric' : 'decimal'}
            value={Number.isFinite(axis[part]) ? axis[part] : ''}
            onChange={({ target }) => onChange({ ...axis, [part]: target.valueAsNumber })}
            className="tabular pr-2 pl-11 text-right"
            data-testid={`axis-${parameter.name}-${part}`}
          />
        </label>
      ))}
    </div>
  );
}
