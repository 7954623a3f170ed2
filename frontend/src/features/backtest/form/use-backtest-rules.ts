import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { useParameterRules } from '@/components/finance/use-parameter-rules';
import { useTermsRules } from '@/components/finance/use-terms-rules';
import { PLANS } from '@/lib/api/rules';
import { ppbOfPercent } from '@/lib/commission/terms';
import { seoulDate } from '@/lib/format/format';
import type { Parameter } from '@/lib/parameters/schema';
import { MARKETS, RANKED_BY, REBALANCES, SCOPES, SLIPPAGES, TIMINGS, type Source } from './values';

/** The trading calendar begins here. */
const FIRST_DAY = '1990-01-01';
const CAPITAL = { min: 100_000, max: 1_000_000_000_000 };
const VOLUME_SHARE = { min: 0.01, max: 100 };
const SLIPPAGE = { min: 0, max: 1_000 };
const TOP = { min: 1, max: 1_000 };
const LISTED_DAYS = { min: 0, max: 36_500 };
const LOOKBACK = { min: 1, max: 250 };

/** The rules of the backtest form, with messages in the reader's language. */
export function useBacktestRules(source: Source['kind'], parameters: Parameter[]) {
  const t = useTranslations();
  const settings = useParameterRules(parameters);
  const terms = useTermsRules();
  return useMemo(() => {
    const range = (field: string, { min, max }: { min: number; max: number }) => {
      const message = t('validation.range', { field, min, max });
      return z.number({ error: t('validation.number', { field }) }).min(min, message).max(max, message);
    };
    const whole = (field: string, limits: { min: number; max: number }) =>
      range(field, limits).int(t('validation.integer', { field }));
    return z
      .object({
        strategy_ids: z.array(z.number()),
        scope: z.enum(SCOPES),
        symbols: z.array(z.string()),
        universe: z.object({
          markets: z.array(z.enum(MARKETS)).min(1, t('backtestForm.marketsNeeded')),
          min_listed_days: whole(t('backtestForm.minListedDays'), LISTED_DAYS),
          sound: z.boolean(),
          sell_on_exit: z.boolean(),
          by: z.enum(RANKED_BY),
          count: whole(t('backtestForm.count'), TOP),
          lookback_days: whole(t('backtestForm.lookbackDays'), LOOKBACK),
          rebalance: z.enum(REBALANCES),
        }),
        start_date: z.iso.date(t('validation.date', { field: t('backtest.start') })),
        end_date: z.iso.date(t('validation.date', { field: t('backtest.end') })),
        initial_capital: whole(t('backtest.capital'), CAPITAL),
        benchmark: z.string(),
        fill: z.object({
          timing: z.enum(TIMINGS),
          volume_share_percent: range(t('backtestForm.volumeShare'), VOLUME_SHARE),
          slippage: z.object({ kind: z.enum(SLIPPAGES), value: whole(t('backtestForm.slippage'), SLIPPAGE) }),
        }),
        commission: z.object({ plan: z.enum(['account', ...PLANS, 'own']), ...terms }),
        parameters: settings,
        sweep_id: z.number().optional(),
      })
      .refine(({ start_date, end_date }) => start_date < end_date, {
        path: ['end_date'],
        message: t('validation.dateOrder'),
      })
      .refine(({ start_date }) => start_date >= FIRST_DAY, {
        path: ['start_date'],
        message: t('validation.dateTooEarly', { year: 1990 }),
      })
      .refine(({ end_date }) => end_date <= seoulDate(new Date()), {
        path: ['end_date'],
        message: t('validation.dateInFuture'),
      })
      .refine(({ scope, symbols }) => source === 'several' || scope !== 'list' || symbols.length > 0, {
        path: ['symbols'],
        message: t('validation.symbols'),
      })
      .refine(({ strategy_ids }) => source !== 'several' || strategy_ids.length > 0, {
        path: ['strategy_ids'],
        message: t('backtestForm.strategiesNeeded'),
      })
      .refine(({ commission }) => commission.plan !== 'own' || ppbOfPercent(commission.rate_ppb) !== null, {
        path: ['commission', 'rate_ppb'],
        message: t('settings.commissionRateRefused'),
      });
  }, [settings, terms, source, t]);
}
