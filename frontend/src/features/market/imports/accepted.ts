import type { ImportKind } from '@/lib/api/types';

export const IMPORT_KINDS: ImportKind[] = ['bars', 'symbols', 'actions', 'indices', 'fundamentals'];

/** How the names of files end that the server reads. */
export const ACCEPTED: Record<ImportKind, string[]> = {
  bars: ['.csv', '.parquet'],
  symbols: ['.csv', '.mst'],
  actions: ['.csv'],
  indices: ['.csv', '.parquet'],
  fundamentals: ['.csv'],
};

export function isAccepted(kind: ImportKind, fileName: string): boolean {
  return ACCEPTED[kind].some((ending) => fileName.toLowerCase().endsWith(ending));
}
