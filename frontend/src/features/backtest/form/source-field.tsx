import { useTranslations } from 'use-intl';
import { Field, Select } from '@/components/ui/field';
import type { Strategy, StrategyType } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';
import { usePreferences } from '@/lib/preferences/store';
import type { Source } from './values';

interface SourceFieldProps {
  source: Source;
  types: StrategyType[];
  strategies: Strategy[];
  /** Whether several strategies can share the wallet. */
  several?: boolean;
}

function optionOf(source: Source): string {
  if (source.kind === 'several') return 'several:1';
  return source.kind === 'strategy' ? `strategy:${source.id}` : `type:${source.type}`;
}

/** What is tested; the choice is kept in the address. */
export function SourceField({ source, types, strategies, several = false }: SourceFieldProps) {
  const t = useTranslations('backtest');
  const form = useTranslations('backtestForm');
  const url = useUrlState();
  const locale = usePreferences((state) => state.locale);
  const choose = (option: string) => {
    const [kind = '', name] = option.split(':');
    url.update({ strategy: undefined, several: undefined, type: undefined, version: undefined, parameters: undefined, preset: undefined, [kind]: name, page: url.page });
  };
  return (
    <Field label={t('source')}>
      {(wiring) => (
        <Select
          {...wiring}
          value={optionOf(source)}
          onChange={(event) => choose(event.target.value)}
          data-testid="backtest-source"
        >
          {strategies.length > 0 && (
            <optgroup label={t('savedStrategies')}>
              {strategies.map((entry) => (
                <option key={entry.id} value={`strategy:${entry.id}`}>
                  {entry.name}
                </option>
              ))}
              {several && strategies.length > 1 && <option value="several:1">{form('several')}</option>}
            </optgroup>
          )}
          <optgroup label={t('strategyTypes')}>
            {types.map((entry) => (
              <option key={entry.strategy_type} value={`type:${entry.strategy_type}`}>
                {entry.title[locale]}
              </option>
            ))}
          </optgroup>
        </Select>
      )}
    </Field>
  );
}
