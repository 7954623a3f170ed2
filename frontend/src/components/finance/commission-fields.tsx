import { Controller, type Control, type FieldErrors, type FieldValues, type Path } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { Field, Input, Select } from '@/components/ui/field';
import { IntegerInput } from '@/components/ui/integer-input';
import type { TermsValues } from '@/lib/commission/terms';

const UNITS = ['1', '10'] as const;
const MODES = ['floor', 'nearest'] as const;

interface CommissionFieldsProps<T extends FieldValues> {
  control: Control<T>;
  errors: FieldErrors<TermsValues> | undefined;
  /** Where the form holds the terms, with a full stop behind; nothing if they are all it holds. */
  at?: string;
}

/** The rates of terms of one's own. */
export function CommissionFields<T extends FieldValues>({ control, errors, at = '' }: CommissionFieldsProps<T>) {
  const t = useTranslations('settings');
  const name = (field: keyof TermsValues) => `${at}${field}` as Path<T>;
  return (
    <div className="grid grid-cols-2 gap-4">
      <Field label={t('commissionPercent')} error={errors?.rate_ppb?.message}>
        {(wiring) => (
          <Input
            {...wiring}
            {...control.register(name('rate_ppb'))}
            inputMode="decimal"
            autoComplete="off"
            data-testid="commission-rate"
          />
        )}
      </Field>
      <Field label={t('commissionMinimum')} error={errors?.minimum?.message}>
        {(wiring) => (
          <Controller
            control={control}
            name={name('minimum')}
            render={({ field }) => (
              <IntegerInput
                {...wiring}
                value={field.value as number}
                onChange={field.onChange}
                inputRef={field.ref}
                onBlur={field.onBlur}
                data-testid="commission-minimum"
              />
            )}
          />
        )}
      </Field>
      <Field label={t('commissionUnit')} error={errors?.unit?.message}>
        {(wiring) => (
          <Select {...wiring} {...control.register(name('unit'))} data-testid="commission-unit">
            {UNITS.map((unit) => (
              <option key={unit} value={unit}>
                {t(`commissionUnits.${unit}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t('commissionMode')} error={errors?.mode?.message}>
        {(wiring) => (
          <Select {...wiring} {...control.register(name('mode'))} data-testid="commission-mode">
            {MODES.map((mode) => (
              <option key={mode} value={mode}>
                {t(`commissionModes.${mode}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  );
}
