import { useTranslations } from 'use-intl';
import { Badge } from '@/components/ui/badge';
import type { AccountItem } from '@/lib/api/types';
import { cn } from '@/lib/cn';

type Held = Pick<AccountItem, 'broker' | 'env'>;

/** What is at stake on an account: nothing real, the broker's practice money, or real money. */
export type Stake = 'demo' | 'paper' | 'live';

export function stakeOf({ broker, env }: Held): Stake {
  return broker === 'demo' ? 'demo' : env;
}

const LOOK: Record<Stake, string> = {
  demo: 'bg-warn-soft text-warn',
  paper: 'bg-accent-soft text-accent',
  live: 'bg-danger text-danger-ink',
};

/** Says by word and colour whether money is real. */
export function StakeBadge({ account, className }: { account: Held; className?: string }) {
  const t = useTranslations('accounts');
  const stake = stakeOf(account);
  return (
    <Badge
      data-testid="account-stake"
      data-stake={stake}
      title={t(`stakeHints.${stake}`)}
      className={cn('border-transparent', LOOK[stake], className)}
    >
      {t(`stakes.${stake}`)}
    </Badge>
  );
}
