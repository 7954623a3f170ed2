import { History, Pencil } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '@/components/ui/button';
import { Progress } from '@/components/ui/progress';
import type { Limit } from '@/lib/api/types';
import { useFormat } from '@/lib/format/use-format';
import { useUnitText } from '@/lib/i18n/use-unit-text';
import { useCanWrite } from '@/lib/session/store';
import { EditLimit } from './edit-limit';
import { LimitHistory } from './limit-history';
import { usedShare } from './limit-value';
import { Pending } from './pending';
import { toneOf } from './tone';

/** Limits of which the server tells what is held; the check of an order counts open ones as well. */
const HELD = new Set<Limit['name']>(['max_position', 'max_gross']);

/** One limit: what it is, its value, how much of it is used, who changed it, and the way to change it. */
export function LimitRow({ limit }: { limit: Limit }) {
  const t = useTranslations('risk.limit');
  const names = useTranslations('risk.limitNames');
  const hints = useTranslations('risk.limitHints');
  const format = useFormat();
  const unitText = useUnitText();
  const canWrite = useCanWrite();
  const [opened, setOpened] = useState<'edit' | 'history' | null>(null);
  const close = () => setOpened(null);
  const { name, unit, value, used } = limit;
  const share = usedShare(used, value);
  return (
    <li data-testid="limit-row" data-limit={name} className="grid gap-x-6 gap-y-2 px-4 py-3 sm:px-5 md:grid-cols-[minmax(0,1fr)_minmax(0,18rem)_auto] md:items-center">
      <div className="min-w-0">
        <p className="font-semibold">{names(name)}</p>
        <p className="text-sm text-ink-faint">{hints(name)}</p>
        <p className="tabular text-xs text-ink-faint" data-testid="limit-by">
          {limit.changed_at ? t('changed', { who: limit.changed_by ?? '', when: format.dateTime(limit.changed_at) }) : t('default')}
          {` · ${t('cap', { value: unitText(limit.hard_cap, unit) })}`}
        </p>
      </div>
      <div className="flex flex-col gap-1.5">
        <p className="tabular flex items-baseline justify-between gap-3 text-sm">
          <span className="text-ink-soft">{used === null ? t('notCounted') : t(HELD.has(name) ? 'held' : 'used', { value: unitText(used, unit) })}</span>
          <strong className="text-base" data-testid="limit-value">
            {unitText(value, unit)}
          </strong>
        </p>
        {share !== null && <Progress value={share} label={t('usedOf', { name: names(name) })} tone={toneOf(share)} />}
        {limit.pending && <Pending limit={limit} pending={limit.pending} />}
      </div>
      <div className="flex gap-1">
        {canWrite && (
          <Button variant="secondary" size="sm" onClick={() => setOpened('edit')} aria-label={t('editOf', { name: names(name) })} data-testid="limit-edit">
            <Pencil aria-hidden />
            {t('edit')}
          </Button>
        )}
        <Button variant="ghost" size="sm" onClick={() => setOpened('history')} aria-label={t('historyOf', { name: names(name) })} data-testid="limit-history">
          <History aria-hidden />
        </Button>
      </div>
      {opened === 'edit' && <EditLimit limit={limit} onClose={close} />}
      {opened === 'history' && <LimitHistory limit={limit} onClose={close} />}
    </li>
  );
}
