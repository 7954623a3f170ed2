import type { FileKind } from '@/lib/api/types';

export const IMPORT_KINDS: FileKind[] = ['bars', 'symbols', 'actions', 'indices', 'fundamentals'];

/** How the names of files end that the server reads. */
export const ACCEPTED: Record<FileKind, string[]> = {
  bars: ['.csv', '.parquet'],
  symbols: ['.csv', '.mst'],
  actions: ['.csv'],
  indices: ['.csv', '.parquet'],
  fundamentals: ['.csv'],
};

export function isAccepted(kind: FileKind, fileName: string): boolean {
  return ACCEPTED[kind].some((ending) => fileName.toLowerCase().endsWith(ending));
}
