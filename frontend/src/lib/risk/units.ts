/** In what a limit, and what is held against it, is counted. */
export type RiskUnit = 'won' | 'shares' | 'basis_points' | 'times' | 'count' | 'milliseconds' | 'seconds';

/** What limit and observed value of a refusal by the risk gate are counted in; the others have none. */
const OF_CODE: Readonly<Record<string, RiskUnit>> = {
  NOT_READY: 'milliseconds',
  DUPLICATE_SIGNAL: 'seconds',
  STALE_QUOTE: 'milliseconds',
  PRICE_COLLAR: 'won',
  MAX_ORDER_NOTIONAL: 'won',
  MAX_ORDER_QTY: 'shares',
  FAT_FINGER: 'won',
  MAX_POSITION: 'won',
  MAX_GROSS: 'won',
  MAX_OPEN_ORDERS: 'count',
  ORDER_RATE: 'count',
  STRATEGY_DISABLED: 'count',
  DAILY_LOSS: 'won',
  BUYING_POWER: 'won',
  SELLABLE: 'shares',
};

export function unitOfDenial(code: string): RiskUnit | null {
  return OF_CODE[code] ?? null;
}
