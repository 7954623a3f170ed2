import type { Side } from '@/lib/api/types';

/** What a chart needs to know of a fill. */
export interface MarkedFill {
  symbol: string;
  side: Side;
  quantity: number;
  executed_at: string;
}

/** The fills in a file of trades, in the order of time. Its columns are found by name; none of them is ever quoted. */
export function readFills(text: string): MarkedFill[] {
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(',');
  const [symbol, side, quantity, time] = ['symbol', 'side', 'quantity', 'executed_at'].map((name) => names.indexOf(name));
  return lines
    .map((line) => line.split(','))
    .map((values) => ({
      symbol: values[symbol ?? -1] ?? '',
      side: values[side ?? -1] === 'sell' ? ('sell' as const) : ('buy' as const),
      quantity: Number(values[quantity ?? -1]),
      executed_at: values[time ?? -1] ?? '',
    }))
    .sort((a, b) => Date.parse(a.executed_at) - Date.parse(b.executed_at));
}
