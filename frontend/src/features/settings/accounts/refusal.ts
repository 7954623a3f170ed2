import type { AccountCheck, AccountProblem, CheckedStep } from '@/lib/api/types';
import type { AccountValues } from './key-values';

/** The entry that is to be mended; none where the broker, and not an entry, is in the way. */
const FIELD: Record<AccountProblem['code'], keyof AccountValues | null> = {
  WRONG_APP_KEY: 'app_key',
  KEY_EXPIRED: 'app_key',
  WRONG_APP_SECRET: 'app_secret',
  WRONG_ENVIRONMENT: 'env',
  WRONG_ACCOUNT: 'account_no',
  WRONG_HTS_ID: 'hts_id',
  RATE_LIMITED: null,
  UNREACHABLE: null,
  BALANCE_DIFFERS: null,
  UNKNOWN_ANSWER: null,
};

export interface Refusal {
  step: CheckedStep;
  field: keyof AccountValues | null;
}

/** The first thing that the broker refused. */
export function refusalOf(check: AccountCheck | null | undefined): Refusal | null {
  const step = check?.steps.find(({ state }) => state === 'failed');
  return step ? { step, field: step.problem && FIELD[step.problem] } : null;
}
