import { ArrowLeft, ArrowRight } from 'lucide-react';
import type { UseFormReturn } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Tabs } from '@/components/ui/tabs';
import type { Parameter } from '@/lib/parameters/schema';
import { useBuilder } from '@/features/builder/state/context';
import { faultsOf, STEPS, type Step } from '@/features/builder/state/places';
import type { Settings } from '@/features/builder/state/use-settings';
import { BasicsStep } from './basics-step';
import { ConditionsStep } from './conditions-step';
import { IndicatorsStep } from './indicators-step';
import { InfoStep } from './info-step';
import { RiskStep } from './risk-step';

interface StepsProps {
  step: Step;
  onStep: (step: Step) => void;
  form: UseFormReturn<Settings>;
  parameters: Parameter[];
  refused: { name?: string; symbols?: string };
  onPresets: () => void;
}

/** The form, a part at a time. */
export function Steps({ step, onStep, form, parameters, refused, onPresets }: StepsProps) {
  const t = useTranslations('builder.steps');
  const { rules, findings, disabled } = useBuilder();
  const faults = faultsOf(findings);
  const counts: Partial<Record<Step, number>> = {
    indicators: rules.indicators.length + rules.candlesticks.length,
    entry: rules.entry.conditions.length,
    exit: rules.exit.conditions.length,
  };
  const place = STEPS.indexOf(step);
  const [before, after] = [STEPS[place - 1], STEPS[place + 1]];
  const errors = form.formState.errors.parameters;
  const isBasic = ({ name, group }: Parameter) => name === 'interval' || (group !== 'sizing' && group !== 'exits');
  return (
    <Tabs
      label={t('label')}
      value={step}
      onChange={onStep}
      tabs={STEPS.map((value) => ({
        value,
        label: t(value),
        count: faults.has(value) ? t('faults', { count: faults.get(value) ?? 0 }) : counts[value] ? String(counts[value]) : null,
        testId: `step-${value}`,
      }))}
    >
      <fieldset disabled={disabled} className="flex min-w-0 flex-col gap-5">
        {step === 'basics' && <BasicsStep parameters={parameters.filter(isBasic)} control={form.control} errors={errors} refused={refused} onPresets={onPresets} />}
        {step === 'indicators' && <IndicatorsStep />}
        {(step === 'entry' || step === 'exit') && <ConditionsStep key={step} group={step} />}
        {step === 'risk' && <RiskStep parameters={parameters.filter((one) => !isBasic(one))} control={form.control} errors={errors} />}
        {step === 'info' && <InfoStep />}
      </fieldset>
      <div className="flex justify-between gap-2">
        {before ? (
          <Button variant="ghost" onClick={() => onStep(before)} data-testid="step-back">
            <ArrowLeft aria-hidden />
            {t('back', { name: t(before) })}
          </Button>
        ) : (
          <span />
        )}
        {after && (
          <Button variant="secondary" onClick={() => onStep(after)} data-testid="step-next">
            {t('next', { name: t(after) })}
            <ArrowRight aria-hidden />
          </Button>
        )}
      </div>
    </Tabs>
  );
}
