import { Controller, get, useWatch, type Control, type FieldErrors, type FieldValues, type Path } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { Field, Input, Select, type FieldWiring } from '@/components/ui/field';
import { IntegerInput } from '@/components/ui/integer-input';
import { Switch } from '@/components/ui/switch';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import { appliedParameters, groupParameters, type NumberParameter, type Parameter } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { useChoiceText } from './use-parameter-text';

interface ParameterFieldsProps<T extends FieldValues> {
  parameters: Parameter[];
  /** A form whose values hold the settings under `parameters`. */
  control: Control<T>;
  errors: FieldErrors | undefined;
}

/** The form a strategy's schema describes; what has no effect beside the other values is hidden and keeps its value. */
export function ParameterFields<T extends FieldValues>({
  parameters,
  control,
  errors,
}: ParameterFieldsProps<T>) {
  const values: unknown = useWatch({ control, name: 'parameters' as Path<T> });
  const groups = groupParameters(appliedParameters(parameters, values));
  return (
    <div className="flex flex-col gap-5">
      {groups.map(([group, members]) => (
        <fieldset
          key={group ?? ''}
          className="min-w-0 not-first:border-t not-first:border-line not-first:pt-5"
          data-testid={group ? `parameters-${group}` : undefined}
        >
          {group && groups.length > 1 && <GroupLegend group={group} />}
          <div className="clear-both grid gap-4 sm:grid-cols-2">
            {members.map((parameter) => (
              <ParameterField
                key={parameter.name}
                parameter={parameter}
                control={control}
                error={messageOf(get(errors, parameter.name))}
              />
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
}

/** The sentence of an error that a form holds. */
export function messageOf(error: unknown): string | undefined {
  const message = (error as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : undefined;
}

export function GroupLegend({ group }: { group: string }) {
  const t = useTranslations('parameters.groups');
  // A legend stands in the border of its fieldset unless it floats.
  return <legend className="float-left mb-3 w-full text-sm font-bold text-ink">{wordOf(t, group)}</legend>;
}

interface ParameterFieldProps<T extends FieldValues> {
  parameter: Parameter;
  control: Control<T>;
  error: string | undefined;
}

function ParameterField<T extends FieldValues>({ parameter, control, error }: ParameterFieldProps<T>) {
  const locale = usePreferences((state) => state.locale);
  const hint = useHint(parameter);
  return (
    <Field label={parameter.title[locale]} hint={hint} error={error}>
      {(wiring) => (
        <Controller
          control={control}
          name={`parameters.${parameter.name}` as Path<T>}
          render={({ field }) => (
            <ParameterControl
              parameter={parameter}
              wiring={wiring}
              value={field.value as unknown}
              onChange={field.onChange}
              onBlur={field.onBlur}
              inputRef={field.ref}
            />
          )}
        />
      )}
    </Field>
  );
}

export interface ParameterControlProps {
  parameter: Parameter;
  wiring: FieldWiring;
  value: unknown;
  onChange: (value: number | string | boolean) => void;
  onBlur: () => void;
  inputRef: (element: HTMLElement | null) => void;
}

/** What a parameter is set with: a switch, a choice, or a number with its unit. */
export function ParameterControl({ parameter, wiring, value, onChange, onBlur, inputRef }: ParameterControlProps) {
  const choiceText = useChoiceText();
  const testId = `parameter-${parameter.name}`;
  if (parameter.kind === 'boolean') {
    return (
      <Switch
        {...wiring}
        ref={inputRef}
        checked={value === true}
        onCheckedChange={onChange}
        data-testid={testId}
      />
    );
  }
  if (parameter.kind === 'choice') {
    return (
      <Select
        {...wiring}
        ref={inputRef}
        value={String(value ?? '')}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
        data-testid={testId}
      >
        {parameter.choices.map((choice) => (
          <option key={choice} value={choice}>
            {choiceText(parameter, choice)}
          </option>
        ))}
      </Select>
    );
  }
  const isOff = parameter.off !== null && value === parameter.off;
  const shared = {
    ...wiring,
    onBlur,
    className: cn('tabular', isOff ? 'pr-24' : 'pr-14'),
    'data-testid': testId,
  };
  return (
    <span className="relative block">
      {parameter.unit === 'won' ? (
        <IntegerInput {...shared} inputRef={inputRef} value={typeof value === 'number' ? value : NaN} onChange={onChange} />
      ) : (
        <Input
          {...shared}
          ref={inputRef}
          type="number"
          inputMode={parameter.kind === 'integer' ? 'numeric' : 'decimal'}
          step={parameter.kind === 'integer' ? 1 : 'any'}
          min={parameter.minimum ?? undefined}
          max={parameter.maximum ?? undefined}
          value={typeof value === 'number' && !Number.isNaN(value) ? value : ''}
          onChange={(event) => onChange(event.target.valueAsNumber)}
        />
      )}
      <Suffix unit={parameter.unit} isOff={isOff} />
    </span>
  );
}

/** The unit of a number; of one that switches something off, that it does so. */
function Suffix({ unit, isOff }: { unit: string | null; isOff: boolean }) {
  const t = useTranslations('parameters');
  const units = useTranslations('parameters.units');
  if (!unit && !isOff) return null;
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-sm text-ink-faint"
    >
      {isOff ? t('off') : wordOf(units, unit ?? '')}
    </span>
  );
}

/** The schema's description and, for numbers, the allowed range. */
function useHint(parameter: Parameter): string {
  const t = useTranslations('parameters');
  const format = useFormat();
  const locale = usePreferences((state) => state.locale);
  const description = parameter.description[locale];
  if (parameter.kind !== 'integer' && parameter.kind !== 'number') return description;
  const range = rangeText(parameter, format.number);
  return [description, range && t('range', { range })].filter(Boolean).join(' ');
}

function rangeText(parameter: NumberParameter, format: (value: number, digits: number) => string): string {
  const show = (value: number) =>
    format(value, Number.isInteger(value) ? 0 : (String(value).split('.')[1]?.length ?? 2));
  const { minimum, maximum } = parameter;
  if (minimum === null && maximum === null) return '';
  return `${minimum === null ? '' : show(minimum)}–${maximum === null ? '' : show(maximum)}`;
}
