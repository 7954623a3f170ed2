import type { Backtest } from '@/lib/api/types';

export function isUnderWay({ status }: Pick<Backtest, 'status'>): boolean {
  return status === 'queued' || status === 'running';
}
