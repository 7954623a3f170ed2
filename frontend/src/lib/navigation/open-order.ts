import { useMemo } from 'react';
import { useUrlState } from '@/lib/navigation';

/** The order whose sheet is open. The address keeps its number, so that every list and every notice can lead to it. */
export function useOpenOrder() {
  const { get, update } = useUrlState();
  const asked = Number(get('order'));
  const page = get('page');
  return useMemo(() => {
    // The list behind the sheet stays on its page.
    const show = (order: number | undefined) => update({ order, page });
    const id = Number.isSafeInteger(asked) && asked > 0 ? asked : null;
    return { id, open: (order: number) => show(order), close: () => show(undefined) };
  }, [asked, page, update]);
}
