import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { SymbolFilter } from '@/components/finance/symbol-filter';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Field, Input, Select } from '@/components/ui/field';
import { FormProblem } from '@/components/ui/form-problem';
import { IntegerInput } from '@/components/ui/integer-input';
import { toast } from '@/components/ui/toast';
import { history } from '@/lib/api/history';
import type { NewAction } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useFormProblem } from '@/lib/forms/use-form-problem';
import { adjusted } from './factor';

/** What a person can enter; `derived` ones are read from prices. */
const KINDS = [
  'split',
  'reverse_split',
  'bonus_issue',
  'rights_issue',
  'stock_dividend',
  'capital_reduction',
  'spin_off',
  'distribution',
] as const;

/** A price that makes the effect of a factor easy to see. */
const EXAMPLE_PRICE = 100_000;

type Values = NewAction & { kind: (typeof KINDS)[number] };

const EMPTY: Values = { symbol: '', ex_date: '', kind: 'split', numerator: 1, denominator: NaN };

export function ActionForm() {
  const t = useTranslations('actions');
  const validation = useTranslations('validation');
  const format = useFormat();
  const client = useQueryClient();
  const positive = (field: string) =>
    z.number({ error: validation('required', { field }) }).min(1, validation('positive', { field }));
  const form = useForm<Values>({
    defaultValues: EMPTY,
    resolver: zodResolver(
      z.object({
        symbol: z.string().min(1, t('chooseIssue')),
        ex_date: z.string().min(1, validation('date', { field: t('exDate') })),
        kind: z.enum(KINDS),
        numerator: positive(t('numerator')),
        denominator: positive(t('denominator')),
      }),
    ),
  });
  const problem = useFormProblem(form);
  const add = useMutation({
    mutationFn: (action: Values) => history.addAction(action),
    onSuccess: () => {
      toast.success(t('added'));
      form.reset(EMPTY);
      void client.invalidateQueries({ queryKey: ['market'] });
    },
    onError: problem.show,
  });
  const submit = form.handleSubmit((values) => {
    problem.clear();
    add.mutate(values);
  });
  const { errors } = form.formState;
  const [numerator, denominator] = useWatch({
    control: form.control,
    name: ['numerator', 'denominator'],
  });
  const complete = numerator > 0 && denominator > 0;
  return (
    <Card>
      <CardHeader title={t('new')} hint={t('newHint')} />
      <CardBody>
        <form noValidate onSubmit={submit} className="flex flex-col gap-4" data-testid="action-form">
          <Field label={t('issue')} error={errors.symbol?.message}>
            {() => (
              <Controller
                control={form.control}
                name="symbol"
                render={({ field }) => (
                  <SymbolFilter
                    placeholder={t('chooseIssue')}
                    value={field.value || undefined}
                    onChange={(symbol) => field.onChange(symbol ?? '')}
                  />
                )}
              />
            )}
          </Field>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label={t('exDate')} error={errors.ex_date?.message}>
              {(wiring) => (
                <Input
                  {...wiring}
                  {...form.register('ex_date')}
                  type="date"
                  data-testid="action-date"
                />
              )}
            </Field>
            <Field label={t('kind')} error={errors.kind?.message}>
              {(wiring) => (
                <Select {...wiring} {...form.register('kind')} data-testid="action-kind">
                  {KINDS.map((kind) => (
                    <option key={kind} value={kind}>
                      {t(`kinds.${kind}`)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            {(['numerator', 'denominator'] as const).map((name) => (
              <Field key={name} label={t(name)} error={errors[name]?.message}>
                {(wiring) => (
                  <Controller
                    control={form.control}
                    name={name}
                    render={({ field: { ref, ...field } }) => (
                      <IntegerInput
                        {...wiring}
                        {...field}
                        inputRef={ref}
                        data-testid={`action-${name}`}
                      />
                    )}
                  />
                )}
              </Field>
            ))}
          </div>
          <p className="rounded-lg bg-raised px-3 py-2 text-sm text-ink-soft" aria-live="polite">
            {complete
              ? t('example', {
                  before: format.won(EXAMPLE_PRICE),
                  after: format.won(adjusted(EXAMPLE_PRICE, { numerator, denominator })),
                })
              : t('factorHint')}
          </p>
          <FormProblem text={problem.text} />
          <Button type="submit" busy={add.isPending} data-testid="action-submit">
            {t('add')}
          </Button>
        </form>
      </CardBody>
    </Card>
  );
}
