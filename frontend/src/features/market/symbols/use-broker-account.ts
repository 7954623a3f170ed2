import { useQuery } from '@tanstack/react-query';
import { queries } from '@/lib/api/queries';
import type { AccountItem } from '@/lib/api/types';

/** The account on screen, if it is a connected one at the broker: the broker is asked with its keys. */
export function useBrokerAccount(): AccountItem | undefined {
  const { data } = useQuery(queries.accounts());
  return data?.find(
    ({ is_selected, broker, status }) =>
      is_selected && broker === 'kis' && (status === 'ready' || status === 'not_armed'),
  );
}
