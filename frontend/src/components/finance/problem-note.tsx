import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { AccountProblem } from '@/lib/api/types';
import { usePreferences } from '@/lib/preferences/store';

type Told = Pick<AccountProblem, 'broker_code' | 'message'> & { mend: AccountProblem['mend'] | null };

/** What is wrong, what to do about it, and what the broker calls it. */
export function ProblemNote({ problem, testId = 'account-problem' }: { problem: Told; testId?: string }) {
  const t = useTranslations('accounts');
  const locale = usePreferences((state) => state.locale);
  return (
    <div className="flex gap-2.5 rounded-lg bg-danger-soft px-3 py-2.5 text-sm" data-testid={testId}>
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
      <div className="min-w-0">
        <p className="font-semibold text-danger">{problem.message[locale]}</p>
        {problem.mend && <p className="text-ink">{problem.mend[locale]}</p>}
        {problem.broker_code && (
          <p className="tabular text-xs text-ink-soft">{t('brokerCode', { code: problem.broker_code })}</p>
        )}
      </div>
    </div>
  );
}
