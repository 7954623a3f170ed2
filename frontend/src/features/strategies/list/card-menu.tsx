import { Archive, ArchiveRestore, Copy, Download, Ellipsis, GitCompareArrows, History, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ExportDialog } from '@/components/finance/export-dialog';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import type { Strategy } from '@/lib/api/types';
import { Link } from '@/lib/navigation';
import { versionsHref } from '@/lib/navigation/strategies';
import { RULES } from '@/lib/parameters/schema';
import { useCanWrite } from '@/lib/session/store';
import type { Choosing } from './strategy-card';
import { useStrategyActions } from './use-strategy-actions';

/** Everything that is not done every day. */
export function CardMenu({ strategy, choosing }: { strategy: Strategy; choosing: Choosing }) {
  const t = useTranslations('strategies');
  const canWrite = useCanWrite();
  const [asking, setAsking] = useState(false);
  const [exporting, setExporting] = useState(false);
  const { clone, archive, unarchive, remove } = useStrategyActions(strategy);
  const { name, is_active: isActive, is_archived: isArchived, last_backtest } = strategy;
  const cannotCompare = !last_backtest || choosing.isFull;
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="sm" className="ml-auto" aria-label={t('menuLabel', { name })} data-testid="strategy-menu">
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MenuItem asChild>
          <Link href={versionsHref(strategy.id)} prefetch={false} data-testid="strategy-versions">
            <History aria-hidden />
            {t('versions')}
          </Link>
        </MenuItem>
        <MenuItem disabled={cannotCompare} onSelect={choosing.onToggle} className="data-disabled:opacity-50" data-testid="strategy-compare">
          <GitCompareArrows aria-hidden />
          <span>
            {t(choosing.isChosen ? 'compareTakeOut' : 'compare')}
            {!last_backtest && <span className="block text-xs text-ink-faint">{t('compareNoBacktest')}</span>}
          </span>
        </MenuItem>
        {strategy.strategy_type === RULES && (
          <MenuItem onSelect={() => setExporting(true)} data-testid="strategy-export">
            <Download aria-hidden />
            {t('export.menu')}
          </MenuItem>
        )}
        {canWrite && (
          <>
            <MenuItem onSelect={() => clone.mutate()} data-testid="strategy-clone">
              <Copy aria-hidden />
              {t('clone')}
            </MenuItem>
            <MenuSeparator />
            {isArchived ? (
              <MenuItem onSelect={() => unarchive.mutate()} data-testid="strategy-unarchive">
                <ArchiveRestore aria-hidden />
                {t('unarchive')}
              </MenuItem>
            ) : (
              <MenuItem disabled={isActive} onSelect={() => archive.mutate()} className="data-disabled:opacity-50" data-testid="strategy-archive">
                <Archive aria-hidden />
                <Unless blocked={isActive}>{t('archive')}</Unless>
              </MenuItem>
            )}
            <MenuItem disabled={isActive} onSelect={() => setAsking(true)} className="text-danger data-disabled:opacity-50 [&_svg]:text-danger" data-testid="strategy-delete">
              <Trash2 aria-hidden />
              <Unless blocked={isActive}>{t('delete')}</Unless>
            </MenuItem>
          </>
        )}
      </Menu>
      {exporting && <ExportDialog id={strategy.id} name={name} onClose={() => setExporting(false)} />}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('deleteTitle', { name })}
        description={t('deleteHint')}
        confirm={t('delete')}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSettled: () => setAsking(false) })}
      />
    </>
  );
}

/** The name of what cannot be done while the strategy trades, and why. */
function Unless({ blocked, children }: { blocked: boolean; children: string }) {
  const t = useTranslations('strategies');
  return (
    <span>
      {children}
      {blocked && <span className="block text-xs text-ink-faint">{t('switchOffFirst')}</span>}
    </span>
  );
}
