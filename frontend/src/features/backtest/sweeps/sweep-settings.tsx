import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Fact } from '@/components/ui/fact';
import { RunTerms } from '@/features/backtest/result/run-terms';
import { queries } from '@/lib/api/queries';
import type { AxisRequest, SweepDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { appliedParameters, valueAt } from '@/lib/parameters/schema';
import { usePreferences } from '@/lib/preferences/store';
import { ParameterChips } from './parameter-chips';
import { useParameterNames } from './use-parameter-names';
import { useObjective } from './use-objective';

function axisText(axis: AxisRequest, text: (value: unknown) => string): string {
  return axis.values ? axis.values.map(text).join(', ') : `${text(axis.from)} – ${text(axis.to)} (+${axis.step ?? 1})`;
}

/** What was asked for. */
export default function SweepSettings({ sweep }: { sweep: SweepDetail }) {
  const t = useTranslations('sweeps');
  const form = useTranslations('backtest');
  const compare = useTranslations('compare');
  const format = useFormat();
  const locale = usePreferences((state) => state.locale);
  const { data: types } = useQuery(queries.strategyTypes());
  const names = useParameterNames(sweep.base);
  const objective = useObjective(sweep);
  const { base, axes, search, constraints, walk_forward } = sweep;
  const settled = appliedParameters(names.known, base.parameters).filter(({ name }) => !(name in axes));
  const fixed = Object.fromEntries(settled.map(({ name }) => [name, valueAt(base.parameters, name)]));
  const type = types?.find(({ strategy_type }) => strategy_type === base.strategy_type);
  return (
    <Card>
      <CardHeader title={t('tabs.settings')} />
      <CardBody>
        <dl>
          <Fact name={form('source')}>{type?.title[locale] ?? base.strategy_type}</Fact>
          <Fact name={compare('period')}>
            {format.date(base.start_date)} – {format.date(base.end_date)}
          </Fact>
          <Fact name={form('capital')}>{format.won(base.initial_capital)}</Fact>
          {base.symbols.length > 0 && <Fact name={form('symbols')}>{base.symbols.join(', ')}</Fact>}
          <Fact name={t('axisKinds.fixed')}>
            <ParameterChips parameters={fixed} base={base} />
          </Fact>
          {Object.entries(axes).map(([name, axis]) => (
            <Fact key={name} name={names.title(name)}>
              {axisText(axis, (value) => names.text(name, value))}
            </Fact>
          ))}
          <RunTerms run={base} />
          {constraints.length > 0 && (
            <Fact name={t('constraints')}>
              <code className="text-xs">{constraints.join(' ; ')}</code>
            </Fact>
          )}
          <Fact name={t('search')}>{t(`searches.${search.kind ?? 'grid'}`)}</Fact>
          {search.kind !== undefined && search.kind !== 'grid' && <Fact name={t('seed')}>{search.seed}</Fact>}
          <Fact name={t('objective')}>
            {objective.title} · {objective.directionText}
          </Fact>
          {walk_forward && (
            <Fact name={t('walkForward')}>
              {t('walkText', {
                train: walk_forward.train_sessions,
                test: walk_forward.test_sessions,
                purge: walk_forward.purge_sessions ?? 0,
              })}
            </Fact>
          )}
        </dl>
      </CardBody>
    </Card>
  );
}
