import { useTranslations } from 'use-intl';
import type { Strategy } from '@/lib/api/types';

interface StrategiesFieldProps {
  strategies: Strategy[];
  value: number[];
  onChange: (ids: number[]) => void;
  error: string | undefined;
}

/** Several stored strategies that share one wallet, each with its own issues. */
export function StrategiesField({ strategies, value, onChange, error }: StrategiesFieldProps) {
  const t = useTranslations('backtestForm');
  const toggle = (id: number) =>
    onChange(value.includes(id) ? value.filter((other) => other !== id) : [...value, id]);
  return (
    <fieldset>
      <legend className="text-sm font-semibold text-ink-soft">{t('strategies')}</legend>
      <p className="mb-2 text-sm text-ink-faint">{t('strategiesHint')}</p>
      <ul className="max-h-72 divide-y divide-line overflow-y-auto rounded-lg border border-line">
        {strategies.map((strategy) => (
          <li key={strategy.id}>
            <label className="flex items-center gap-3 px-3 py-2 text-sm has-checked:bg-accent-soft">
              <input
                type="checkbox"
                className="size-4 shrink-0 accent-accent"
                checked={value.includes(strategy.id)}
                onChange={() => toggle(strategy.id)}
                data-testid="backtest-strategy"
              />
              <span className="min-w-0">
                <span className="block truncate font-semibold">{strategy.name}</span>
                <span className="tabular block truncate text-xs text-ink-faint">{strategy.symbols.join(', ')}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {error && (
        <p role="alert" className="mt-1.5 text-sm font-medium text-danger">
          {error}
        </p>
      )}
    </fieldset>
  );
}
