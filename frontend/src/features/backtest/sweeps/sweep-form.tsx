import { Grid3x3 } from 'lucide-react';
import type { ReactNode } from 'react';
import { get, useWatch } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { messageOf } from '@/components/finance/parameter-fields';
import { Button } from '@/components/ui/button';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { FormProblem } from '@/components/ui/form-problem';
import { AdvancedFields } from '@/features/backtest/form/advanced-fields';
import type { FormBase } from '@/features/backtest/form/document-base';
import { PeriodFields } from '@/features/backtest/form/period-fields';
import { ScopeFields } from '@/features/backtest/form/scope-fields';
import type { StrategyType } from '@/lib/api/types';
import { aboutSessions, appliedAxes, countFolds } from './axes';
import { AxisFields } from './axis-fields';
import { ConstraintField, NameField, ObjectiveFields, SearchFields, WalkForwardFields } from './sweep-fields';
import { countTrials, exampleRule } from './sweep-values';
import { TrialCounter } from './trial-counter';
import { useSweepForm } from './use-sweep-form';

interface SweepFormProps extends FormBase {
  type: StrategyType;
  /** Chooses what is varied; stands first. */
  source: ReactNode;
}

/** The run to vary at the left, how it is varied and what is looked for at the right. */
export function SweepForm({ source, ...begin }: SweepFormProps) {
  const t = useTranslations('sweeps');
  const { form, parameters, values, change, problem, refused, start, submit } = useSweepForm(begin);
  const [from, to, benchmark, fixed] = useWatch({
    control: form.control,
    name: ['start_date', 'end_date', 'benchmark', 'parameters'],
  });
  const applied = appliedAxes(values.axes, parameters, fixed);
  const folds = countFolds(aboutSessions(from, to), values.walk);
  const count = countTrials(values, applied, fixed, folds);
  const fields = { values, onChange: change, refused };
  const example = exampleRule(applied);
  return (
    <form noValidate onSubmit={submit} className="grid items-start gap-5 xl:grid-cols-2" data-testid="sweep-form">
      <Card>
        <CardHeader title={t('base')} hint={t('baseHint')} />
        <CardBody className="flex flex-col gap-4">
          {source}
          <ScopeFields form={form} />
          <PeriodFields form={form} />
          <AdvancedFields form={form} />
        </CardBody>
      </Card>
      <div className="flex flex-col gap-5">
        <Card>
          <CardHeader title={t('axes')} hint={t('axesHint')} />
          <CardBody>
            <AxisFields
              parameters={applied}
              axes={values.axes}
              onChange={(axes) => change({ axes })}
              control={form.control}
              errorOf={(name) => refused(`axes.${name}`) ?? messageOf(get(form.formState.errors.parameters, name))}
            />
          </CardBody>
        </Card>
        <Card>
          <CardHeader title={t('how')} />
          <CardBody className="flex flex-col gap-4">
            <ConstraintField {...fields} example={example} />
            <SearchFields {...fields} />
            <ObjectiveFields {...fields} hasBenchmark={benchmark !== ''} />
            <WalkForwardFields {...fields} folds={folds} />
            <NameField {...fields} />
            <TrialCounter count={count} values={values} folds={folds} />
            <FormProblem text={problem.text} />
            <Button type="submit" size="lg" busy={start.isPending} disabled={!count.allowed} data-testid="sweep-run">
              {!start.isPending && <Grid3x3 aria-hidden />}
              {t('start', { count: count.trials })}
            </Button>
          </CardBody>
        </Card>
      </div>
    </form>
  );
}
