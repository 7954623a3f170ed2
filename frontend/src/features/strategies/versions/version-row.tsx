import { FlaskConical, Power, PowerOff, RotateCcw } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { VersionBadge } from '@/components/finance/version-badge';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { Strategy, StrategyVersion } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { Link } from '@/lib/navigation';
import { useCanWrite } from '@/lib/session/store';
import type { useChangeText } from './use-change-text';
import { useVersionActions } from './use-version-actions';
import { changesBetween } from './version-changes';

const CHANGES_SHOWN = 3;

interface VersionRowProps {
  strategy: Strategy;
  version: StrategyVersion;
  /** The one before, where the same page of the list has it. */
  before: StrategyVersion | undefined;
  isShown: boolean;
  changeText: ReturnType<typeof useChangeText>;
  /** Shows what changed with it. */
  onShow: () => void;
}

/** One version: when it was saved, what changed, and what can be done with it. */
export function VersionRow({ strategy, version, before, isShown, changeText, onShow }: VersionRowProps) {
  const t = useTranslations('versions');
  const format = useFormat();
  const { number, restored_from: restoredFrom } = version;
  const isNewest = number === strategy.version;
  return (
    <li
      className={cn('flex flex-col gap-2 px-4 py-3.5 sm:px-5', isShown && 'bg-raised')}
      data-testid="version-row"
      data-version={number}
      data-active={version.is_active}
    >
      <div className="flex flex-wrap items-center gap-2">
        <VersionBadge number={number} tone={isNewest ? 'accent' : 'neutral'} />
        {isNewest && <Badge tone="accent">{t('newest')}</Badge>}
        {version.is_active && <Badge tone="good">{t('active')}</Badge>}
        {restoredFrom !== null && <Badge>{t('restoredFrom', { number: restoredFrom })}</Badge>}
        <span className="tabular ml-auto text-xs text-ink-faint">
          {format.date(version.created_at)} {format.time(version.created_at)}
        </span>
      </div>
      <button
        type="button"
        onClick={onShow}
        aria-pressed={isShown}
        className="text-left text-sm text-ink-soft underline-offset-2 hover:underline"
        data-testid="version-show"
      >
        <Words version={version} before={before} changeText={changeText} />
      </button>
      <Actions strategy={strategy} version={version} isNewest={isNewest} />
    </li>
  );
}

function Words({ version, before, changeText }: Pick<VersionRowProps, 'version' | 'before' | 'changeText'>) {
  const t = useTranslations('versions');
  if (version.number === 1) return t('first');
  if (!before) return t('changesCount', { count: version.changes });
  const { fields, document } = changesBetween(before, version);
  const words = [...(document ? [t('documentChanged')] : []), ...fields.map((change) => changeText(change).short)];
  // A program that knows more settings fills them in: nothing that anybody changed.
  if (words.length === 0) return t('changesCount', { count: version.changes });
  const more = words.length - CHANGES_SHOWN;
  return [...words.slice(0, CHANGES_SHOWN), ...(more > 0 ? [t('more', { count: more })] : [])].join(' · ');
}

function Actions({ strategy, version: { number, is_active: isActive }, isNewest }: { strategy: Strategy; version: StrategyVersion; isNewest: boolean }) {
  const t = useTranslations('versions');
  const words = useTranslations('strategies');
  const canWrite = useCanWrite();
  const { restore, activate, deactivate } = useVersionActions(strategy);
  return (
    <div className="-ml-2 flex flex-wrap gap-1">
      {canWrite && !strategy.is_archived && (isActive ? (
        <Button variant="ghost" size="sm" busy={deactivate.isPending} onClick={() => deactivate.mutate()} data-testid="version-deactivate">
          <PowerOff aria-hidden />
          {t('deactivate')}
        </Button>
      ) : (
        <Button variant="ghost" size="sm" busy={activate.isPending} onClick={() => activate.mutate(number)} data-testid="version-activate">
          <Power aria-hidden />
          {t('activate')}
        </Button>
      ))}
      {canWrite && !isNewest && (
        <Button variant="ghost" size="sm" busy={restore.isPending} onClick={() => restore.mutate(number)} data-testid="version-restore">
          <RotateCcw aria-hidden />
          {t('restore')}
        </Button>
      )}
      <Button asChild variant="ghost" size="sm">
        <Link href={`/backtest/?strategy=${strategy.id}&version=${number}`} prefetch={false} data-testid="version-backtest">
          <FlaskConical aria-hidden />
          {words('backtest')}
        </Link>
      </Button>
    </div>
  );
}
