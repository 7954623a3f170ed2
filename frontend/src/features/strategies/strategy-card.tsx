import { useQuery } from '@tanstack/react-query';
import { FlaskConical, Pencil, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Change } from '@/components/finance/change';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Switch } from '@/components/ui/switch';
import { queries } from '@/lib/api/queries';
import type { Strategy } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { Link } from '@/lib/navigation';
import { usePreferences } from '@/lib/preferences/store';
import { useCanWrite } from '@/lib/session/store';
import { useStrategyActions } from './use-strategy-actions';

const SYMBOLS_SHOWN = 6;

export function StrategyCard({ strategy }: { strategy: Strategy }) {
  const t = useTranslations('strategies');
  const canWrite = useCanWrite();
  const switchId = useId();
  const [asking, setAsking] = useState(false);
  const { setActive, remove } = useStrategyActions(strategy);
  const active = setActive.isPending ? setActive.variables : strategy.is_active;
  return (
    <Card
      className="flex h-full flex-col gap-4 p-4 sm:p-5"
      data-testid="strategy-card"
      data-strategy-id={strategy.id}
    >
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="truncate text-base font-bold">
            <Link
              href={`/strategies/edit/?id=${strategy.id}`}
              prefetch={false}
              className="underline-offset-2 hover:underline"
            >
              {strategy.name}
            </Link>
          </h2>
          <TypeName type={strategy.strategy_type} />
        </div>
        <label
          htmlFor={switchId}
          className="flex shrink-0 items-center gap-2 text-sm font-semibold text-ink-soft"
        >
          {t(active ? 'on' : 'off')}
          <Switch
            id={switchId}
            checked={active}
            disabled={!canWrite || setActive.isPending}
            onCheckedChange={(next) => setActive.mutate(next)}
            aria-label={t('activateLabel', { name: strategy.name })}
            data-testid="strategy-active"
          />
        </label>
      </div>
      {strategy.description && (
        <p className="line-clamp-2 text-sm text-ink-soft">{strategy.description}</p>
      )}
      <ul className="flex flex-wrap gap-1.5">
        {strategy.symbols.slice(0, SYMBOLS_SHOWN).map((symbol) => (
          <li key={symbol}>
            <Badge className="tabular">{symbol}</Badge>
          </li>
        ))}
        {strategy.symbols.length > SYMBOLS_SHOWN && (
          <li>
            <Badge>{t('moreSymbols', { count: strategy.symbols.length - SYMBOLS_SHOWN })}</Badge>
          </li>
        )}
      </ul>
      <LastBacktest strategy={strategy} />
      <div className="mt-auto flex flex-wrap gap-2">
        <Button asChild variant="secondary" size="sm">
          <Link href={`/backtest/?strategy=${strategy.id}`} data-testid="strategy-backtest">
            <FlaskConical aria-hidden />
            {t('backtest')}
          </Link>
        </Button>
        <Button asChild variant="ghost" size="sm">
          <Link href={`/strategies/edit/?id=${strategy.id}`} data-testid="strategy-edit">
            <Pencil aria-hidden />
            {t(canWrite ? 'edit' : 'view')}
          </Link>
        </Button>
        {canWrite && (
          <Button
            variant="ghost"
            size="sm"
            className="ml-auto"
            aria-label={t('deleteLabel', { name: strategy.name })}
            disabled={strategy.is_active}
            title={strategy.is_active ? t('deleteActiveHint') : undefined}
            onClick={() => setAsking(true)}
          >
            <Trash2 aria-hidden />
          </Button>
        )}
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('deleteTitle', { name: strategy.name })}
        description={t('deleteHint')}
        confirm={t('delete')}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSettled: () => setAsking(false) })}
      />
    </Card>
  );
}

function TypeName({ type }: { type: string }) {
  const locale = usePreferences((state) => state.locale);
  const { data } = useQuery(queries.strategyTypes());
  const known = data?.find((entry) => entry.strategy_type === type);
  return <p className="text-sm text-ink-faint">{known?.title[locale] ?? type}</p>;
}

function LastBacktest({ strategy }: { strategy: Strategy }) {
  const t = useTranslations('strategies');
  const format = useFormat();
  const last = strategy.last_backtest;
  if (!last) return <p className="text-sm text-ink-faint">{t('neverBacktested')}</p>;
  return (
    <Link
      href={`/backtest/result/?id=${last.id}`}
      prefetch={false}
      className="flex items-center justify-between rounded-lg bg-raised px-3 py-2 text-sm hover:bg-line"
    >
      <span className="text-ink-faint">
        {t('lastBacktest')} · {format.date(last.created_at)}
      </span>
      <Change
        value={last.total_return}
        text={format.percent(last.total_return, { signed: true })}
      />
    </Link>
  );
}
