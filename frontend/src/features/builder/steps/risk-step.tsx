import { useId } from 'react';
import type { Control, FieldErrors } from 'react-hook-form';
import { useTranslations } from 'use-intl';
import { ParameterFields } from '@/components/finance/parameter-fields';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Switch } from '@/components/ui/switch';
import type { Parameter } from '@/lib/parameters/schema';
import { edited, setIn, without, withValue } from '@/features/builder/document/edit';
import { STOPS, type StopName } from '@/features/builder/document/model';
import { NumberInput, Slider } from '@/features/builder/fields';
import { useBuilder } from '@/features/builder/state/context';
import type { Settings } from '@/features/builder/state/use-settings';

/** What the broker's editor starts each with, in percent. */
const USUAL: Record<StopName, number> = { stop_loss: 5, take_profit: 10, trailing_stop: 3 };
const SLIDER_MAX: Record<StopName, number> = { stop_loss: 30, take_profit: 60, trailing_stop: 30 };

interface RiskStepProps {
  parameters: Parameter[];
  control: Control<Settings>;
  errors: FieldErrors | undefined;
}

/** Exits by price, which the document has, and size and other exits, which the strategy has. */
export function RiskStep({ parameters, control, errors }: RiskStepProps) {
  const t = useTranslations('builder.risk');
  const { rules, edit } = useBuilder();
  const most = rules.risk.maxPositionSize;
  const path = ['risk', 'max_position_size'];
  return (
    <>
      <Card data-path="risk">
        <CardHeader title={t('title')} hint={t('hint')} />
        <CardBody className="flex flex-col divide-y divide-line">
          {STOPS.map((name) => (
            <StopField key={name} name={name} />
          ))}
          <div className="pt-4">
            <Field label={t('max')} hint={t('maxHint')} className="max-w-xs">
              {(wiring) => (
                <span className="relative block">
                  <NumberInput
                    {...wiring}
                    data-path="risk.max_position_size"
                    value={most === null ? null : Number((most * 100).toFixed(6))}
                    min={0}
                    max={100}
                    onChange={(percent) => edit((text) => withValue(text, path, Number((percent / 100).toFixed(8))), 'max_position_size')}
                    onEmpty={() => edit((text) => without(text, path))}
                    className="pr-9"
                    data-testid="max-position-size"
                  />
                  <span aria-hidden className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-sm text-ink-faint">
                    %
                  </span>
                </span>
              )}
            </Field>
          </div>
        </CardBody>
      </Card>
      <Card data-own-undo>
        <CardHeader title={t('own')} hint={t('ownHint')} />
        <CardBody>
          <ParameterFields parameters={parameters} control={control} errors={errors} />
        </CardBody>
      </Card>
    </>
  );
}

function StopField({ name }: { name: StopName }) {
  const t = useTranslations('builder.risk');
  const switchId = useId();
  const { rules, edit, disabled } = useBuilder();
  const { enabled, percent } = rules.risk[name];
  const title = t(name);
  const turn = (on: boolean) =>
    edit((text) =>
      edited(text, (yaml) => {
        setIn(yaml, ['risk', name, 'enabled'], on);
        if (on && percent === null) setIn(yaml, ['risk', name, 'percent'], USUAL[name]);
      }),
    );
  const write = (value: number) => edit((text) => withValue(text, ['risk', name, 'percent'], value), name);
  return (
    <div className="flex flex-col gap-2 py-4 first:pt-0" data-path={`risk.${name}`}>
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <label htmlFor={switchId} className="font-semibold">
            {title}
          </label>
          <p className="text-sm text-ink-faint">{t(`${name}Hint`)}</p>
        </div>
        <Switch id={switchId} checked={enabled} disabled={disabled} onCheckedChange={turn} data-testid={`risk-${name}`} />
      </div>
      {enabled && (
        <div className="flex items-center gap-3">
          <span className="relative w-28 shrink-0">
            <NumberInput aria-label={t('percent', { name: title })} value={percent} min={0} max={100} onChange={write} className="pr-8" data-testid={`risk-${name}-percent`} />
            <span aria-hidden className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-sm text-ink-faint">
              %
            </span>
          </span>
          <Slider
            aria-label={t('slider', { name: title })}
            min={0.5}
            max={SLIDER_MAX[name]}
            step={0.5}
            value={percent ?? USUAL[name]}
            disabled={disabled}
            onChange={({ target }) => write(target.valueAsNumber)}
          />
        </div>
      )}
    </div>
  );
}
