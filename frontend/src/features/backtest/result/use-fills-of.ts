import { useQuery } from '@tanstack/react-query';
import { backtests } from '@/lib/api/backtests';
import type { BacktestTrade } from '@/lib/api/types';

const PAGE_SIZE = 200;
/** More arrows than this cannot be told apart, and asking for them would use up the rate limit. */
const MOST_PAGES = 10;

/** Every fill of one issue, in the order of time. */
export function useFillsOf(id: number, symbol: string) {
  return useQuery({
    queryKey: ['backtests', 'fills-of', id, symbol],
    queryFn: async () => {
      const found: BacktestTrade[] = [];
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const { items, total } = await backtests.trades(id, { page, page_size: PAGE_SIZE, symbol });
        found.push(...items.filter((fill) => fill.symbol === symbol));
        if (page * PAGE_SIZE >= total) break;
      }
      return found.sort((a, b) => Date.parse(a.executed_at) - Date.parse(b.executed_at));
    },
    staleTime: Infinity,
  });
}
