import { useQuery } from '@tanstack/react-query';
import { backtests } from '@/lib/api/backtests';
import { readFills } from './read-fills';

/** Every fill of a run, in the order of time; the file of all of them is asked for once. */
export function useFills(id: number) {
  return useQuery({
    queryKey: ['backtests', 'all-fills', id],
    queryFn: async () => readFills(await (await backtests.tradesCsv(id)).text()),
    staleTime: Infinity,
  });
}
