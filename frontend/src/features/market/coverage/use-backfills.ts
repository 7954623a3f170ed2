import { useQuery } from '@tanstack/react-query';
import { queries } from '@/lib/api/queries';

/** Few enough to look at: those that run, and what came of the last ones. */
const SHOWN = 10;

/** The newest back-fills; the stream keeps them up to date. */
export function useBackfills() {
  return useQuery(queries.backfills({ page: 1, page_size: SHOWN }));
}
