import { useQuery } from '@tanstack/react-query';
import { CandlestickChart } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Mark, Span } from '@/components/charts/candle-data';
import { CandleChart } from '@/components/charts/lazy';
import { INTERVALS } from '@/components/finance/interval-choice';
import { Card, CardBody, CardHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/field';
import { QueryView } from '@/components/ui/query-view';
import { Skeleton } from '@/components/ui/skeleton';
import type { BacktestDetail, Interval, RoundTrip } from '@/lib/api/types';
import { queries } from '@/lib/api/queries';
import { useFormat } from '@/lib/format/use-format';
import { chartSpan } from './chart-span';
import { useFills } from './use-fills';

/** How many of the last fills are in view at first. */
const FILLS_IN_VIEW = 10;

interface TradeChartProps {
  backtest: BacktestDetail;
  symbol: string;
  /** The round trip to bring into view. */
  trip: RoundTrip | null;
  onSymbol: (symbol: string) => void;
}

/** The candles of one issue with an arrow at every fill. */
export function TradeChart({ backtest, symbol, trip, onSymbol }: TradeChartProps) {
  const t = useTranslations('run');
  const format = useFormat();
  const interval: Interval = INTERVALS.find((value) => value === backtest.parameters.interval) ?? '1d';
  const { data: all } = useFills(backtest.id);
  const fills = useMemo(() => (all ?? []).filter((fill) => fill.symbol === symbol), [all, symbol]);
  // Issues of a universe are known by what was traded of them.
  const issues = [...new Set([symbol, ...backtest.symbols, ...(all ?? []).map((fill) => fill.symbol)])].sort();
  const span = chartSpan(backtest, interval, trip ?? null, fills[0]?.executed_at ?? null);
  const prices = backtest.manifest?.adjusted === false ? 'raw' : undefined;
  const candles = useQuery(queries.pastCandles({ symbol, interval, prices, ...span }));
  const marks = useMemo<Mark[]>(
    () =>
      fills.map(({ executed_at, side, quantity }) => ({
        at: executed_at,
        side,
        text: format.integer(quantity),
      })),
    [fills, format],
  );
  // Without a round trip the last fills: an issue may have been traded long before the newest bar.
  const focus = useMemo<Span | null>(() => {
    if (trip) return { from: trip.opened_at, to: trip.closed_at ?? `${backtest.end_date}T23:59:59+09:00` };
    const [first, last] = [fills.at(-FILLS_IN_VIEW) ?? fills[0], fills.at(-1)];
    return first && last ? { from: first.executed_at, to: last.executed_at } : null;
  }, [trip, fills, backtest.end_date]);
  return (
    <Card id="trade-chart" className="scroll-mt-20">
      <CardHeader
        title={t('tradeChart')}
        hint={t('tradeChartHint')}
        action={
          issues.length > 1 && (
            <Select
              aria-label={t('issue')}
              className="w-44"
              value={symbol}
              onChange={({ target }) => onSymbol(target.value)}
              data-testid="trade-symbol"
            >
              {issues.map((entry) => (
                <option key={entry} value={entry}>
                  {entry}
                </option>
              ))}
            </Select>
          )
        }
      />
      <CardBody>
        <div className="h-80 sm:h-96" data-testid="trade-chart" data-marks={marks.length}>
          <QueryView query={candles} loading={<Skeleton className="h-80 sm:h-96" />}>
            {({ bars }) =>
              bars.length === 0 ? (
                <EmptyState icon={CandlestickChart} title={t('noBars')} text={t('noBarsHint')} />
              ) : (
                <CandleChart
                  bars={bars}
                  interval={interval}
                  marks={marks}
                  focus={focus}
                  label={t('tradeChartLabel', { symbol, count: marks.length })}
                />
              )
            }
          </QueryView>
        </div>
      </CardBody>
    </Card>
  );
}
