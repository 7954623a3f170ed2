import { useQuery } from '@tanstack/react-query';
import { queries } from '@/lib/api/queries';
import { useAccountName } from '@/lib/i18n/use-account-name';
import { useSession } from '@/lib/session/store';
import { switchRows, type SwitchRow } from './switch-rows';

/** More strategies than trade at once anywhere. */
const STRATEGIES = { page: 1, page_size: 200 };

/** Every kill switch that touches the caller; undefined until all of it is known. */
export function useSwitches(): SwitchRow[] | undefined {
  const accountName = useAccountName();
  const user = useSession((state) => state.user);
  const { data: switches } = useQuery(queries.killSwitches());
  const { data: accounts } = useQuery(queries.accounts());
  const { data: all } = useQuery(queries.strategyList(STRATEGIES));
  if (!user || !switches || !accounts || !all) return undefined;
  const isPulled = (id: number) => switches.some((entry) => entry.scope === 'strategy' && entry.scope_id === id && entry.state !== 'active');
  // A strategy that does not trade has nothing to stop; one that was stopped has to stay in sight.
  const strategies = all.items.filter(({ id, is_active }) => is_active || isPulled(id));
  return switchRows({ switches, accounts, strategies, user, accountName });
}
