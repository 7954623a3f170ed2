import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Sparkline } from '@/components/charts/sparkline';
import { Change } from '@/components/finance/change';
import { VersionBadge } from '@/components/finance/version-badge';
import type { Strategy } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { Link } from '@/lib/navigation';

/** What the newest finished backtest of a strategy came to. */
export function LastBacktest({ strategy }: { strategy: Strategy }) {
  const t = useTranslations('strategies');
  const format = useFormat();
  const last = strategy.last_backtest;
  if (!last) {
    return (
      <p className="rounded-lg border border-dashed border-line px-3 py-4 text-center text-sm text-ink-faint">{t('neverBacktested')}</p>
    );
  }
  const period = `${format.date(last.start_date)} – ${format.date(last.end_date)}`;
  const total = format.percent(last.total_return, { signed: true });
  const fall = -Math.abs(last.max_drawdown);
  return (
    <Link
      href={`/backtest/result/?id=${last.id}`}
      prefetch={false}
      className="flex flex-col gap-2 rounded-lg bg-raised px-3 py-2.5 text-sm hover:bg-line"
      data-testid="strategy-last-backtest"
    >
      <span className="tabular flex items-center justify-between gap-2 text-xs text-ink-faint">
        <span className="truncate">
          {t('lastBacktest')} · {period}
        </span>
        {last.version !== null && last.version !== strategy.version && <VersionBadge number={last.version} />}
      </span>
      <Sparkline points={last.curve} label={t('curveLabel', { period, total })} />
      <span className="grid grid-cols-3 gap-2">
        <Figure name={t('totalReturn')}>
          <Change value={last.total_return} text={total} />
        </Figure>
        <Figure name={t('maxDrawdown')}>
          <Change value={fall} text={format.percent(fall)} />
        </Figure>
        <Figure name={t('sharpe')}>
          <span className="tabular font-semibold">{format.number(last.sharpe_ratio)}</span>
        </Figure>
      </span>
    </Link>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span className="flex min-w-0 flex-col">
      <span className="truncate text-xs text-ink-faint">{name}</span>
      {children}
    </span>
  );
}
