import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import type { BacktestDetail, Strategy, StrategyType } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { useUrlState } from '@/lib/navigation';
import { readPrefill } from '@/lib/parameters/prefill';
import { BacktestForm } from './backtest-form';
import { SourceField } from './source-field';
import { sourceOf } from './source';
import { VersionField } from './version-field';
import { valuesOfPrefill, valuesOfRun, type Source } from './values';
import { WithBase } from './with-base';

const LOADING = <Skeleton className="h-[40rem]" />;

export function BacktestFormCard() {
  const t = useTranslations('backtest');
  const types = useQuery(queries.strategyTypes());
  const saved = useQuery(queries.strategyList({ page: 1, page_size: 200 }));
  const from = Number(useUrlState().get('from')) || null;
  return (
    <Card>
      <CardHeader title={t('new')} hint={t('newHint')} />
      <CardBody>
        <QueryView query={types} loading={LOADING}>
          {(known) => (
            <QueryView query={saved} loading={LOADING}>
              {(page) =>
                from === null ? (
                  <SourceAndForm types={known} strategies={page.items} run={null} />
                ) : (
                  <Changed id={from} types={known} strategies={page.items} />
                )
              }
            </QueryView>
          )}
        </QueryView>
      </CardBody>
    </Card>
  );
}

interface Choices {
  types: StrategyType[];
  strategies: Strategy[];
}

/** The form of a run that was made before. */
function Changed({ id, ...choices }: Choices & { id: number }) {
  const query = useQuery(queries.backtest(id));
  return (
    <QueryView query={query} loading={LOADING}>
      {(run) => <SourceAndForm {...choices} run={run} />}
    </QueryView>
  );
}

/** The chosen source is in the address: a strategy's "backtest" link brings it along. */
function SourceAndForm({ types, strategies, run }: Choices & { run: BacktestDetail | null }) {
  const t = useTranslations('backtest');
  const url = useUrlState();
  const source = sourceOf(url.get, types, strategies, run);
  if (!source) return <p role="alert">{t('unknownType')}</p>;
  return <Tested source={source} types={types} strategies={strategies} run={run} />;
}

/** Another version than the newest brings what it was. */
function Tested({ source, types, strategies, run }: Choices & { source: Source; run: BacktestDetail | null }) {
  const t = useTranslations('backtest');
  const url = useUrlState();
  const stored = (source.kind === 'strategy' && strategies.find(({ id }) => id === source.id)) || null;
  const wanted = source.kind === 'strategy' ? source.version : undefined;
  const version = useQuery({ ...queries.strategyVersion(stored?.id ?? 0, wanted ?? 0), enabled: stored !== null && wanted !== undefined });
  if (wanted !== undefined && version.isPending) return LOADING;
  const strategy = stored && { ...stored, symbols: version.data?.symbols ?? stored.symbols };
  const typeName = source.kind === 'type' ? source.type : strategy?.strategy_type;
  const type = types.find((entry) => entry.strategy_type === typeName) ?? types[0];
  if (!type) return <p role="alert">{t('unknownType')}</p>;
  const given = { ...(run && valuesOfRun(run)), ...valuesOfPrefill(readPrefill(url.get)) };
  return (
    <div className="flex flex-col gap-4">
      <SourceField several source={source} types={types} strategies={strategies} />
      {strategy && source.kind === 'strategy' && <VersionField strategy={strategy} value={source.version} />}
      <WithBase type={type} source={source} given={given}>
        {({ preset, key, ...base }) => (
          <>
            {preset}
            <BacktestForm key={`${key}-${run?.id}`} {...base} source={source} type={type} strategy={strategy} strategies={strategies} />
          </>
        )}
      </WithBase>
    </div>
  );
}
