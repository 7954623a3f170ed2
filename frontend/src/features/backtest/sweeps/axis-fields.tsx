import type { Control } from 'react-hook-form';
import { GroupLegend } from '@/components/finance/parameter-fields';
import type { BacktestFormValues } from '@/features/backtest/form/values';
import { groupParameters, type Parameter } from '@/lib/parameters/schema';
import type { AxesValues } from './axes';
import { AxisField } from './axis-field';

interface AxisFieldsProps {
  parameters: Parameter[];
  axes: AxesValues;
  onChange: (axes: AxesValues) => void;
  control: Control<BacktestFormValues>;
  errorOf: (name: string) => string | undefined;
}

/** Every parameter of the run, each fixed or varied, in the groups of its schema. */
export function AxisFields({ parameters, axes, onChange, control, errorOf }: AxisFieldsProps) {
  return (
    <div className="flex flex-col gap-4">
      {groupParameters(parameters).map(([group, members]) => (
        <fieldset key={group ?? ''} className="min-w-0">
          {group && <GroupLegend group={group} />}
          <ul className="clear-both divide-y divide-line border-y border-line">
            {members.map((parameter) => {
              const axis = axes[parameter.name];
              return (
                axis && (
                  <AxisField
                    key={parameter.name}
                    parameter={parameter}
                    axis={axis}
                    onChange={(next) => onChange({ ...axes, [parameter.name]: next })}
                    control={control}
                    error={errorOf(parameter.name)}
                  />
                )
              );
            })}
          </ul>
        </fieldset>
      ))}
    </div>
  );
}
