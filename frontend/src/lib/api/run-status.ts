import type { Backtest } from './types';

/** Whether background work such as a backtest, an import or a back-fill has not ended yet. */
export function isUnderWay({ status }: { status: Backtest['status'] | 'none' }): boolean {
  return status === 'queued' || status === 'running';
}
