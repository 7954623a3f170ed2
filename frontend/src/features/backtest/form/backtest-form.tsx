import { Play } from 'lucide-react';
import { Controller } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { ParameterFields } from '@/components/finance/parameter-fields';
import { Button } from '@/components/ui/button';
import { FormProblem } from '@/components/ui/form-problem';
import type { Strategy, StrategyType } from '@/lib/api/types';
import { AdvancedFields } from './advanced-fields';
import type { FormBase } from './document-base';
import { PeriodFields } from './period-fields';
import { ScopeFields } from './scope-fields';
import { StrategiesField } from './strategies-field';
import { useBacktestForm } from './use-backtest-form';
import type { Source } from './values';

interface BacktestFormProps extends FormBase {
  source: Source;
  type: StrategyType;
  strategy: Strategy | null;
  strategies: Strategy[];
}

export function BacktestForm({ strategies, ...start }: BacktestFormProps) {
  const t = useTranslations('backtest');
  const { form, parameters, problem, run, submit } = useBacktestForm(start);
  const { errors } = form.formState;
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4" data-testid="backtest-form">
      {start.source.kind === 'several' ? (
        <Controller
          control={form.control}
          name="strategy_ids"
          render={({ field }) => (
            <StrategiesField
              strategies={strategies}
              value={field.value}
              onChange={field.onChange}
              error={errors.strategy_ids?.message}
            />
          )}
        />
      ) : (
        <ScopeFields form={form} />
      )}
      <PeriodFields form={form} />
      {parameters.length > 0 && (
        <ParameterFields parameters={parameters} control={form.control} errors={errors.parameters} />
      )}
      <AdvancedFields form={form} />
      <FormProblem text={problem.text} />
      <Button type="submit" busy={run.isPending} data-testid="backtest-run">
        {!run.isPending && <Play aria-hidden />}
        {t('run')}
      </Button>
    </form>
  );
}
