import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { sweeps } from '@/lib/api/backtests';
import type { SweepDetail, Trial } from '@/lib/api/types';
import { isUnderWay } from '@/lib/api/run-status';

const PAGE_SIZE = 200;
/** While a search runs its map is drawn anew this often. */
const STEPS = 20;

/** Every trial of the whole period, asked for anew as more of them are done. */
export function useAllTrials(sweep: SweepDetail) {
  const step = isUnderWay(sweep) ? Math.floor(sweep.progress * STEPS) : sweep.status;
  return useQuery({
    queryKey: ['sweeps', 'all-trials', sweep.id, step],
    queryFn: async () => {
      const found: Trial[] = [];
      for (let page = 1; ; page += 1) {
        const { items, total } = await sweeps.trials(sweep.id, { page, page_size: PAGE_SIZE, sort: 'number' });
        found.push(...items.filter(({ fold }) => fold === 0));
        if (items.length === 0 || page * PAGE_SIZE >= total) return found;
      }
    },
    placeholderData: keepPreviousData,
  });
}
