import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { LineChart } from '@/components/charts/lazy';
import type { Line } from '@/components/charts/line-data';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { Segmented } from '@/components/ui/segmented';
import type { BacktestDetail } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { accountFall, benchmarkOf, equityOf } from './curves';
import { Headline } from './headline';

const SCALES = ['linear', 'logarithmic'] as const;

/** The curve against its benchmark, the falls below it, and the figures that matter first. */
export default function Overview({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('run');
  const format = useFormat();
  const [scale, setScale] = useState<(typeof SCALES)[number]>('linear');
  const lines = useMemo<Line[]>(() => {
    const account: Line = { id: 'account', label: t('account'), tone: 'main', points: equityOf(backtest) };
    const points = benchmarkOf(backtest);
    if (points.length < 2) return [account];
    const label = backtest.report?.benchmark_name ?? backtest.benchmark ?? '';
    return [account, { id: 'benchmark', label, tone: 'other', points }];
  }, [backtest, t]);
  const below = useMemo<Line[]>(
    () => [{ id: 'fall', label: t('fall'), tone: 'loss', points: accountFall(backtest) }],
    [backtest, t],
  );
  return (
    <>
      {backtest.metrics && <Headline backtest={backtest} metrics={backtest.metrics} />}
      <Card>
        <CardHeader
          title={t('equityAndFall')}
          action={
            <Segmented
              label={t('scale')}
              value={scale}
              onChange={setScale}
              options={SCALES.map((value) => ({ value, label: t(`scales.${value}`), testId: `scale-${value}` }))}
            />
          }
        />
        <CardBody>
          <div className="h-[26rem]" data-testid="equity-chart">
            <LineChart
              lines={lines}
              below={below}
              format={format.wonShort}
              formatBelow={(value) => format.percent(value, { digits: 1 })}
              logarithmic={scale === 'logarithmic'}
              label={t('equityLabel', {
                value: format.percent(backtest.total_return, { signed: true }),
                fall: format.percent(backtest.max_drawdown),
              })}
            />
          </div>
        </CardBody>
      </Card>
    </>
  );
}
