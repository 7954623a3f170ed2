import { useQuery } from '@tanstack/react-query';
import { CircleCheck, OctagonX, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ProblemNote } from '@/components/finance/problem-note';
import { useShownAccount } from '@/components/layout/use-shown-account';
import { Card } from '@/components/ui/card';
import { Skeleton } from '@/components/ui/skeleton';
import { queries } from '@/lib/api/queries';
import type { AccountItem, Breaker } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useFormat } from '@/lib/format/use-format';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { needsBooks, readHalt } from '@/lib/risk/halt-reason';
import { HaltWords } from './halt-words';
import { ReleaseBooks } from './release-books';
import { ReviewNote } from './review-note';
import { pulledFor, type SwitchRow } from './switch-rows';

const LOOK = {
  free: { icon: CircleCheck, tone: 'border-good/40 bg-good-soft', ink: 'text-good' },
  reduce_only: { icon: TriangleAlert, tone: 'border-warn/50 bg-warn-soft', ink: 'text-warn' },
  halted: { icon: OctagonX, tone: 'border-danger/50 bg-danger-soft', ink: 'text-danger' },
} as const;

type Standing = keyof typeof LOOK;

/** May the shown account trade, and if not, what stands in the way. */
export function Verdict({ rows }: { rows: SwitchRow[] | undefined }) {
  const t = useTranslations('risk.verdict');
  const accountName = useAccountName();
  const account = useShownAccount();
  const { data: breaker } = useQuery({ ...queries.breaker(account?.id ?? 0), enabled: account !== undefined });
  if (!rows || !account) return <Skeleton className="h-28 rounded-xl" />;
  const pulled = pulledFor(rows, account.id);
  const standing = standingOf(pulled, account, breaker);
  const { icon: Icon, tone, ink } = LOOK[standing];
  return (
    <Card className={cn('flex flex-col gap-3 p-4 shadow-none sm:p-5', tone)} data-testid="risk-verdict" data-standing={standing}>
      <p className="flex items-start gap-3">
        <Icon aria-hidden className={cn('mt-0.5 size-6 shrink-0', ink)} />
        <span className="min-w-0">
          <strong className={cn('block text-lg font-bold', ink)}>{t(standing, { account: accountName(account) })}</strong>
          <span className="block text-sm text-ink-soft">{t(`${standing}Hint`)}</span>
        </span>
      </p>
      {pulled.length > 0 && (
        <ul className="flex flex-col gap-2">
          {pulled.map((row) => (
            <Hindrance key={`${row.scope}-${row.id}`} row={row} account={account} />
          ))}
        </ul>
      )}
      {account.review && <ReviewNote account={account} review={account.review} />}
      {breaker && breaker.state !== 'closed' && <p className="rounded-lg bg-surface px-3 py-2 text-sm">{t('breaker')}</p>}
      {account.problem && <ProblemNote problem={account.problem} />}
    </Card>
  );
}

/** What a halt leaves, strictest first. */
function standingOf(pulled: SwitchRow[], account: AccountItem, breaker: Breaker | undefined): Standing {
  const isCut = account.review !== null || (breaker !== undefined && breaker.state !== 'closed');
  if (isCut || account.status !== 'ready' || pulled.some(({ state }) => state === 'halted')) return 'halted';
  return pulled.length > 0 ? 'reduce_only' : 'free';
}

/** One switch that stops the account: what it covers, why, since when, by whom, and who lets go. */
function Hindrance({ row, account }: { row: SwitchRow; account: AccountItem }) {
  const t = useTranslations('risk');
  const format = useFormat();
  const found = row.by === null && row.reason !== null ? readHalt(row.reason) : null;
  const wantsBooks = found !== null && needsBooks(found.code) && account.review === null;
  return (
    <li className="rounded-lg bg-surface px-3 py-2 text-sm" data-testid="risk-hindrance" data-scope={row.scope}>
      <p className="font-semibold">
        {t(`scopes.${row.scope}`)}
        {row.name && `: ${row.name}`} · {t(`states.${row.state}`)}
      </p>
      <HaltWords reason={row.reason} by={row.by} />
      <p className="mt-1 text-ink-soft">{t(`clearing.${clearingOf(row, found !== null)}`)}</p>
      <p className="tabular mt-1 text-xs text-ink-faint">
        {t('since', { time: format.dateTime(row.since) })} · {row.by ?? t('byProgram')}
      </p>
      {wantsBooks && (
        <div className="pt-2">
          <ReleaseBooks accountId={account.id} label={t('review.takeBooks')} />
        </div>
      )}
    </li>
  );
}

/** Who lets go, and in how many steps: what the program stopped has its circuit to be released as well. */
function clearingOf(row: SwitchRow, isByProgram: boolean): 'admin' | 'program' | 'person' {
  if (row.scope === 'global' && !row.mayChange) return 'admin';
  return isByProgram ? 'program' : 'person';
}
