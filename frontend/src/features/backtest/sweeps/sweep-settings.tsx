import { useTranslations } from 'use-intl';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Fact } from '@/components/ui/fact';
import type { AxisRequest, SweepDetail } from '@/lib/api/types';
import { ParameterChips } from './parameter-chips';
import { useObjective } from './use-objective';

function axisText(axis: AxisRequest): string {
  return axis.values ? axis.values.join(', ') : `${axis.from} – ${axis.to} (+${axis.step ?? 1})`;
}

/** What was asked for. */
export default function SweepSettings({ sweep }: { sweep: SweepDetail }) {
  const t = useTranslations('sweeps');
  const form = useTranslations('backtest');
  const objective = useObjective(sweep);
  const { base, axes, search, constraints, walk_forward } = sweep;
  return (
    <Card>
      <CardHeader title={t('tabs.settings')} />
      <CardBody>
        <dl>
          <Fact name={form('source')}>{base.strategy_type}</Fact>
          {base.symbols.length > 0 && <Fact name={form('symbols')}>{base.symbols.join(', ')}</Fact>}
          <Fact name={t('axisKinds.fixed')}>
            <ParameterChips parameters={base.parameters} type={base.strategy_type} />
          </Fact>
          {Object.entries(axes).map(([name, axis]) => (
            <Fact key={name} name={name}>
              {axisText(axis)}
            </Fact>
          ))}
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
