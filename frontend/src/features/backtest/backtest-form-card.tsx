import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Field, Select } from '@/components/ui/field';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { Strategy, StrategyType } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';
import { usePreferences } from '@/lib/preferences/store';
import { BacktestForm } from './backtest-form';


export function BacktestFormCard() {
  const t = useTranslations('backtest');
  const types = useQuery(queries.strategyTypes());
  const saved = useQuery(queries.strategyList({ page: 1, page_size: 200 }));
  return (
    <Card>
      <CardHeader title={t('new')} hint={t('newHint')} />
      <CardBody>
        <QueryView query={types} loading={<Skeleton className="h-96" />}>
          {(known) => (
            <QueryView query={saved} loading={<Skeleton className="h-96" />}>
              {(page) => <SourceAndForm types={known} strategies={page.items} />}
            </QueryView>
          )}
        </QueryView>
      </CardBody>
    </Card>
  );
}

interface SourceAndFormProps {
  types: StrategyType[];
  strategies: Strategy[];
}

/** The chosen source is in the address: a strategy's "backtest" link brings it along. */
function SourceAndForm({ types, strategies }: SourceAndFormProps) {
  const t = useTranslations('backtest');
  const url = useUrlState();
  const locale = usePreferences((state) => state.locale);
  const strategy = strategies.find((entry) => String(entry.id) === url.get('strategy')) ?? null;
  const typeName = strategy?.strategy_type ?? url.get('type') ?? types[0]?.strategy_type;
  const type = types.find((entry) => entry.strategy_type === typeName);
  if (!type) return <p role="alert">{t('unknownType')}</p>;
  const choose = (value: string) => {
    const [kind, name] = value.split(':');
    url.update(
      kind === 'strategy' ? { strategy: name, type: undefined } : { strategy: undefined, type: name },
    );
  };
  const value = strategy ? `strategy:${strategy.id}` : `type:${type.strategy_type}`;
  return (
    <div className="flex flex-col gap-4">
      <Field label={t('source')}>
        {(wiring) => (
          <Select
            {...wiring}
            value={value}
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
      <BacktestForm key={value} type={type} strategy={strategy} />
    </div>
  );
}
