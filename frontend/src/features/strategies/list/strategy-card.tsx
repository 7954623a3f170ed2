import { useQuery } from '@tanstack/react-query';
import { FlaskConical, Pencil } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { VersionBadge } from '@/components/finance/version-badge';
import { useShownAccount } from '@/components/layout/use-shown-account';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Switch } from '@/components/ui/switch';
import { queries } from '@/lib/api/queries';
import type { Strategy } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useIssueName } from '@/lib/i18n/use-issue-name';
import { Link } from '@/lib/navigation';
import { editHref, versionsHref } from '@/lib/navigation/strategies';
import { usePreferences } from '@/lib/preferences/store';
import { useCanWrite } from '@/lib/session/store';
import { ActivateDialog } from './activate-dialog';
import { CardMenu } from './card-menu';
import { LastBacktest } from './last-backtest';
import { useStrategyActions } from './use-strategy-actions';
import { useSummary } from './use-summary';
import { WhereActive } from './where-active';

const SYMBOLS_SHOWN = 5;

export interface Choosing {
  /** Whether strategies are being chosen for comparison at all. */
  isOn: boolean;
  isChosen: boolean;
  /** As many as can be compared are chosen, and this is none of them. */
  isFull: boolean;
  onToggle: () => void;
}

/** What a strategy does, how it fared, where it trades, and what can be done with it. */
export function StrategyCard({ strategy, choosing }: { strategy: Strategy; choosing: Choosing }) {
  const summary = useSummary(strategy);
  // What its owner says of it comes before what the document does.
  const about = strategy.description || summary.about;
  return (
    <Card
      className={cn('flex h-full flex-col gap-3.5 p-4 sm:p-5', choosing.isChosen && 'border-accent ring-1 ring-accent')}
      data-testid="strategy-card"
      data-strategy-id={strategy.id}
      data-version={strategy.version}
    >
      <Heading strategy={strategy} choosing={choosing} />
      <div className="flex flex-col gap-1">
        {about && <p className="line-clamp-2 text-sm text-ink-soft">{about}</p>}
        {summary.settings && (
          <p className="tabular line-clamp-2 text-sm text-ink-faint" data-testid="strategy-summary">
            {summary.settings}
          </p>
        )}
      </div>
      <Symbols symbols={strategy.symbols} />
      <LastBacktest strategy={strategy} />
      <Footer strategy={strategy} choosing={choosing} />
    </Card>
  );
}

/** The first page of the list has the names of all of the demo market. */
const LISTED = { page: 1, page_size: 200 };

/** The issues it watches, by name where one is known. */
function Symbols({ symbols }: { symbols: string[] }) {
  const t = useTranslations('strategies');
  const issueName = useIssueName();
  const listed = useQuery(queries.symbols(LISTED)).data?.items;
  const more = symbols.length - SYMBOLS_SHOWN;
  return (
    <ul className="flex flex-wrap gap-1.5">
      {symbols.slice(0, SYMBOLS_SHOWN).map((symbol) => (
        <li key={symbol}>
          <Badge className="tabular" title={symbol}>
            {issueName(listed?.find((issue) => issue.symbol === symbol) ?? { symbol })}
          </Badge>
        </li>
      ))}
      {more > 0 && (
        <li>
          <Badge>{t('moreSymbols', { count: more })}</Badge>
        </li>
      )}
    </ul>
  );
}

function Heading({ strategy, choosing }: { strategy: Strategy; choosing: Choosing }) {
  const t = useTranslations('strategies');
  const canWrite = useCanWrite();
  const switchId = useId();
  const { setActive } = useStrategyActions(strategy);
  const account = useShownAccount();
  const [asking, setAsking] = useState(false);
  // A click is enough where no money of the owner's is at stake.
  const change = (next: boolean) => (next && account?.broker === 'kis' ? setAsking(true) : setActive.mutate(next));
  const active = setActive.isPending ? setActive.variables : strategy.is_active;
  return (
    <div className="flex items-start justify-between gap-3">
      <div className="flex min-w-0 items-start gap-2.5">
        {choosing.isOn && <ChooseBox strategy={strategy} choosing={choosing} />}
        <div className="min-w-0">
          <h2 className="truncate text-base font-bold">
            <Link href={editHref(strategy)} prefetch={false} className="underline-offset-2 hover:underline">
              {strategy.name}
            </Link>
          </h2>
          <p className="flex items-center gap-1.5 text-sm text-ink-faint">
            <TypeName type={strategy.strategy_type} />
            <Link
              href={versionsHref(strategy.id)}
              prefetch={false}
              title={t('versions')}
              className="rounded-md hover:opacity-80"
              data-testid="strategy-version"
            >
              <VersionBadge number={strategy.version} />
            </Link>
          </p>
        </div>
      </div>
      {strategy.is_archived ? (
        <Badge tone="warn">{t('states.archived')}</Badge>
      ) : (
        <label htmlFor={switchId} className="flex shrink-0 items-center gap-2 text-sm font-semibold text-ink-soft">
          {t(active ? 'on' : 'off')}
          <Switch
            id={switchId}
            checked={active}
            disabled={!canWrite || setActive.isPending}
            onCheckedChange={change}
            aria-label={t('activateLabel', { name: strategy.name })}
            data-testid="strategy-active"
          />
        </label>
      )}
      {asking && account && (
        <ActivateDialog
          account={account}
          strategy={strategy}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            setActive.mutate(true);
          }}
        />
      )}
    </div>
  );
}

function ChooseBox({ strategy, choosing }: { strategy: Strategy; choosing: Choosing }) {
  const t = useTranslations('strategies');
  const cannot = !strategy.last_backtest ? t('compareNoBacktest') : choosing.isFull ? t('compareFull') : undefined;
  return (
    <input
      type="checkbox"
      checked={choosing.isChosen}
      disabled={cannot !== undefined}
      onChange={choosing.onToggle}
      aria-label={t('compareLabel', { name: strategy.name })}
      title={cannot}
      className="mt-1 size-4.5 shrink-0 accent-accent disabled:opacity-50"
      data-testid="strategy-choose"
    />
  );
}

function TypeName({ type }: { type: string }) {
  const locale = usePreferences((state) => state.locale);
  const { data } = useQuery(queries.strategyTypes());
  const known = data?.find((entry) => entry.strategy_type === type);
  return <span className="truncate">{known?.title[locale] ?? type}</span>;
}

function Footer({ strategy, choosing }: { strategy: Strategy; choosing: Choosing }) {
  const t = useTranslations('strategies');
  const canWrite = useCanWrite();
  return (
    <div className="mt-auto flex flex-col gap-3">
      <WhereActive strategy={strategy} />
      <div className="flex flex-wrap items-center gap-2">
        <Button asChild variant="secondary" size="sm">
          <Link href={`/backtest/?strategy=${strategy.id}`} prefetch={false} data-testid="strategy-backtest">
            <FlaskConical aria-hidden />
            {t('backtest')}
          </Link>
        </Button>
        <Button asChild variant="ghost" size="sm">
          <Link href={editHref(strategy)} prefetch={false} data-testid="strategy-edit">
            <Pencil aria-hidden />
            {t(canWrite ? 'edit' : 'view')}
          </Link>
        </Button>
        <CardMenu strategy={strategy} choosing={choosing} />
      </div>
    </div>
  );
}
