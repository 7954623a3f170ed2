import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Page } from '@/components/layout/page';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import { sourceOf } from '@/features/backtest/form/source';
import { SourceField } from '@/features/backtest/form/source-field';
import { valuesOfPrefill, type BacktestFormValues } from '@/features/backtest/form/values';
import { WithBase } from '@/features/backtest/form/with-base';
import { queries } from '@/lib/api/queries';
import type { Strategy, StrategyType } from '@/lib/api/types';
import { useUrlState } from '@/lib/navigation';
import { readPrefill } from '@/lib/parameters/prefill';
import { SweepForm } from './sweep-form';

const LOADING = (
  <div className="grid gap-5 xl:grid-cols-2">
    <Skeleton className="h-[40rem] rounded-xl" />
    <Skeleton className="h-[40rem] rounded-xl" />
  </div>
);

export function NewSweep() {
  const t = useTranslations('sweeps');
  const types = useQuery(queries.strategyTypes());
  const saved = useQuery(queries.strategyList({ page: 1, page_size: 200 }));
  return (
    <Page title={t('newTitle')} description={t('newHint')}>
      <QueryView query={types} loading={LOADING}>
        {(known) => (
          <QueryView query={saved} loading={LOADING}>
            {(page) => <Chosen types={known} strategies={page.items} />}
          </QueryView>
        )}
      </QueryView>
    </Page>
  );
}

/** A saved strategy brings its kind, its parameters and its issues; all of them can be changed here. */
function Chosen({ types, strategies }: { types: StrategyType[]; strategies: Strategy[] }) {
  const t = useTranslations('backtest');
  const url = useUrlState();
  const source = sourceOf(url.get, types, strategies, null);
  if (!source || source.kind === 'several') return <p role="alert">{t('unknownType')}</p>;
  const strategy = source.kind === 'strategy' ? strategies.find(({ id }) => id === source.id) : undefined;
  const typeName = source.kind === 'type' ? source.type : strategy?.strategy_type;
  const type = types.find((entry) => entry.strategy_type === typeName);
  if (!type) return <p role="alert">{t('unknownType')}</p>;
  const given: Partial<BacktestFormValues> = {
    ...(strategy && {
      symbols: strategy.symbols,
      parameters: strategy.parameters as BacktestFormValues['parameters'],
    }),
    ...valuesOfPrefill(readPrefill(url.get)),
  };
  return (
    <WithBase type={type} source={source} given={given}>
      {({ preset, key, ...base }) => (
        <SweepForm
          key={key}
          {...base}
          type={type}
          source={
            <>
              <SourceField source={source} types={types} strategies={strategies} />
              {preset}
            </>
          }
        />
      )}
    </WithBase>
  );
}
