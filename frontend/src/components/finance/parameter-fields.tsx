import { Controller, type Control, type FieldErrors, type FieldValues, type Path } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { Field, Input, Select, type FieldWiring } from '@/components/ui/field';
import { Switch } from '@/components/ui/switch';
import { useFormat } from '@/lib/format/use-format';
import { wordOf } from '@/lib/i18n/word-of';
import { groupParameters, type NumberParameter, type Parameter } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';

interface ParameterFieldsProps<T extends FieldValues> {
  parameters: Parameter[];
  /** A form whose values hold the settings under `parameters`. */
  control: Control<T>;
  errors: FieldErrors | undefined;
}

/** The form a strategy's schema describes. */
export function ParameterFields<T extends FieldValues>({
  parameters,
  control,
  errors,
}: ParameterFieldsProps<T>) {
  const groups = groupParameters(parameters);
  return (
    <div className="flex flex-col gap-5">
      {groups.map(([group, members]) => (
        <fieldset key={group ?? ''} className="min-w-0">
          {group && groups.length > 1 && <GroupLegend group={group} />}
          <div className="grid gap-4 sm:grid-cols-2">
            {members.map((parameter) => (
              <ParameterField
                key={parameter.name}
                parameter={parameter}
                control={control}
                error={messageOf(errors?.[parameter.name])}
              />
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
}

function messageOf(error: unknown): string | undefined {
  const message = (error as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : undefined;
}

function GroupLegend({ group }: { group: string }) {
  const t = useTranslations('parameters.groups');
  return <legend className="mb-2 text-sm font-bold text-ink">{wordOf(t, group)}</legend>;
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
  const choices = useTranslations('parameters.choices');
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
            {wordOf(choices, choice)}
          </option>
        ))}
      </Select>
    );
  }
  return (
    <span className="relative block">
      <Input
        {...wiring}
        ref={inputRef}
        type="number"
        inputMode={parameter.kind === 'integer' ? 'numeric' : 'decimal'}
        step={parameter.kind === 'integer' ? 1 : 'any'}
        min={parameter.minimum ?? undefined}
        max={parameter.maximum ?? undefined}
        value={typeof value === 'number' && !Number.isNaN(value) ? value : ''}
        onChange={(event) => onChange(event.target.valueAsNumber)}
        onBlur={onBlur}
        className="tabular pr-14"
        data-testid={testId}
      />
      <UnitSuffix unit={parameter.unit} />
    </span>
  );
}

function UnitSuffix({ unit }: { unit: string | null }) {
  const t = useTranslations('parameters.units');
  if (!unit) return null;
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-sm text-ink-faint"
    >
      {wordOf(t, unit)}
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
