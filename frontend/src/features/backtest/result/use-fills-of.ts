import { useQuery } from '@tanstack/react-query';
import { backtests } from '@/lib/api/backtests';
import { readFills } from './read-fills';

/** Every fill of one issue, in the order of time; the file of all fills is asked for once. */
export function useFillsOf(id: number, symbol: string) {
  return useQuery({
    queryKey: ['backtests', 'all-fills', id],
    queryFn: async () => readFills(await (await backtests.tradesCsv(id)).text()),
    select: (fills) => fills.filter((fill) => fill.symbol === symbol),
    staleTime: Infinity,
  });
}
