import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect } from 'react';
import { queries } from '@/lib/api/queries';
import { showAccount } from '@/lib/api/shown-account';
import type { AccountItem } from '@/lib/api/types';

/** The account that everything on screen belongs to; undefined until it is known. */
export function useShownAccount(): AccountItem | undefined {
  const client = useQueryClient();
  const { data } = useQuery(queries.accounts());
  const shown = data?.find((account) => account.is_selected);
  const id = shown?.id;
  useLayoutEffect(() => {
    if (id !== undefined) showAccount(client, id);
  }, [client, id]);
  return shown;
}
