import { useState } from 'react';
import { Controller, useWatch, type Control } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { ParameterFields } from '@/components/finance/parameter-fields';
import { StrategyPreview } from '@/components/finance/strategy-preview';
import { SymbolsField } from '@/components/finance/symbols-field';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Field, Input, Textarea } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import type { Strategy, StrategyType } from '@/lib/api/types';
import { Link, useRouter, useUrlState } from '@/lib/navigation';
import { readPrefill, type Prefill } from '@/lib/parameters/prefill';
import { initialValues, RULES, type ParameterValues } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { PresetPicker } from './preset-picker';
import { TypePicker } from './type-picker';
import { useStrategyForm, type StrategyFormValues } from './use-strategy-form';

interface StrategyFormProps {
  types: StrategyType[];
  strategy: Strategy | null;
  locked?: boolean;
}

/** Chooses the type, then shows the form that the type's schema describes. */
export function StrategyForm({ types, strategy, locked = false }: StrategyFormProps) {
  const t = useTranslations('strategies');
  const url = useUrlState();
  const given = strategy ? null : readPrefill(url.get);
  const router = useRouter();
  const [chosen, setChosen] = useState(strategy?.strategy_type ?? given?.type ?? types[0]?.strategy_type);
  // An address may name a kind that there is not.
  const type = types.find((entry) => entry.strategy_type === chosen) ?? (strategy ? undefined : types[0]);
  if (!type) return <p role="alert">{t('unknownType')}</p>;
  // A document is built on a page of its own.
  const choose = (next: string) => (next === RULES ? router.push('/strategies/build/') : setChosen(next));
  return (
    <>
      {!strategy && <TypePicker types={types} value={type.strategy_type} onChange={choose} />}
      <TypedForm
        key={type.strategy_type}
        type={type}
        strategy={strategy}
        given={given?.type === type.strategy_type ? given : null}
        locked={locked}
      />
    </>
  );
}

interface TypedFormProps {
  type: StrategyType;
  strategy: Strategy | null;
  /** What another page hands over, such as the parameters a sweep found. */
  given: Prefill | null;
  locked: boolean;
}

function TypedForm({ type, strategy, given, locked }: TypedFormProps) {
  const t = useTranslations();
  const locale = usePreferences((state) => state.locale);
  const { form, parameters, problem, save, submit } = useStrategyForm(type, strategy, given);
  const { errors } = form.formState;
  const applyPreset = (values: ParameterValues) =>
    form.setValue('parameters', initialValues(parameters, values), {
      shouldValidate: form.formState.isSubmitted,
      shouldDirty: true,
    });
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)]">
      <form noValidate onSubmit={submit} data-testid="strategy-form">
        <fieldset disabled={locked} className="flex min-w-0 flex-col gap-5">
          <Card>
            <CardHeader title={t('strategies.basics')} />
            <CardBody className="flex flex-col gap-4">
              <Field label={t('strategies.name')} error={errors.name?.message}>
                {(wiring) => (
                  <Input {...wiring} {...form.register('name')} data-testid="strategy-name" />
                )}
              </Field>
              <Field
                label={t('strategies.about')}
                optional={t('common.optional')}
                error={errors.description?.message}
              >
                {(wiring) => <Textarea {...wiring} {...form.register('description')} />}
              </Field>
              <Field
                label={t('strategies.symbols')}
                hint={t('strategies.symbolsHint')}
                error={errors.symbols?.message}
              >
                {(wiring) => (
                  <Controller
                    control={form.control}
                    name="symbols"
                    render={({ field }) => (
                      <SymbolsField wiring={wiring} value={field.value} onChange={field.onChange} />
                    )}
                  />
                )}
              </Field>
            </CardBody>
          </Card>
          <Card>
            <CardHeader
              title={t('strategies.parameters')}
              hint={type.title[locale]}
              action={<PresetPicker presets={type.presets} onPick={applyPreset} />}
            />
            <CardBody className="flex flex-col gap-5">
              <ParameterFields
                parameters={parameters}
                control={form.control}
                errors={errors.parameters}
              />
            </CardBody>
          </Card>
          <FormProblem text={problem.text} />
          <div className="flex justify-end gap-2">
            <Button asChild variant="secondary">
              <Link href="/strategies/">{t('common.cancel')}</Link>
            </Button>
            <Button type="submit" busy={save.isPending} data-testid="strategy-save">
              {t('common.save')}
            </Button>
          </div>
        </fieldset>
      </form>
      <div className="min-w-0 xl:sticky xl:top-20">
        <LivePreview type={type.strategy_type} control={form.control} />
      </div>
    </div>
  );
}

/** What the strategy would have done, while it is being changed. */
function LivePreview({ type, control }: { type: string; control: Control<StrategyFormValues> }) {
  const [parameters, symbols] = useWatch({ control, name: ['parameters', 'symbols'] });
  return <StrategyPreview type={type} parameters={parameters} symbols={symbols} />;
}
