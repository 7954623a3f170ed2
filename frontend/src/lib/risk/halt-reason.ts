/** What the program found when it stopped something, read from the reason that it wrote down. */
export interface Found {
  /** A key of the words `risk.halts`. */
  code: HaltCode;
  /** Order of ours that it is about. */
  orderId?: number;
  /** Number of a row of the broker. */
  row?: string;
  symbol?: string;
  /** Shares filled of those ordered. */
  fills?: { filled: number; quantity: number };
  /** What our books and the broker's say: won, and shares by symbol. */
  books?: { cash: Pair | null; shares: ({ symbol: string } & Pair)[] };
  /** Words for what was missing before the open, or for what the monitor saw. */
  words?: string[];
}

interface Pair {
  expected: number;
  told: number;
}

export type HaltCode =
  | 'POSITION_MISMATCH'
  | 'OVERSOLD'
  | 'BIND_CONFLICT'
  | 'BROKER_DUPLICATE'
  | 'FILL_DECREASE'
  | 'OVERFILL'
  | 'ORDER_REAPPEARED'
  | 'EXTERNAL_ORDER'
  | 'PREOPEN'
  | 'MONITOR';

/** Halts after which the broker's books have to be taken over before trading can go on: our own are not to be trusted. */
const NEEDS_BOOKS = new Set<HaltCode>(['POSITION_MISMATCH', 'OVERSOLD', 'OVERFILL']);

export function needsBooks(code: HaltCode): boolean {
  return NEEDS_BOOKS.has(code);
}

type Groups = Record<string, string | undefined>;

/** The sentences of the program, and what is taken from each. */
const SENTENCES: [RegExp, (groups: Groups) => Found][] = [
  [/^POSITION_MISMATCH: cash (?<expected>-?[\d,]+) expected, (?<told>-?[\d,]+) at the broker; (?<shares>.*)$/, mismatch],
  [/^BIND_CONFLICT: row (?<row>\S+) may be of order (?<order>\d+)/, about('BIND_CONFLICT')],
  [/^BIND_CONFLICT: order (?<order>\d+)/, about('BIND_CONFLICT')],
  [/^BROKER_DUPLICATE: row (?<row>\S+) may be of order (?<order>\d+)/, about('BROKER_DUPLICATE')],
  [/^FILL_DECREASE: row (?<row>\S+)/, about('FILL_DECREASE')],
  [/^OVERFILL: (?<filled>\d+) of (?<quantity>\d+) shares of row (?<row>\S+)/, about('OVERFILL')],
  [/^ORDER_REAPPEARED: order (?<order>\d+)/, about('ORDER_REAPPEARED')],
  [/^EXTERNAL_ORDER: somebody else trades (?<symbol>\w+)/, about('EXTERNAL_ORDER')],
  [/^\d+ shares of (?<symbol>\w+) sold, but only \d+ held/, about('OVERSOLD')],
  [/^checks before the open failed: (?<words>[\w, ]+)$/, about('PREOPEN')],
  [/^(?:order:(?<order>\d+)|account:\d+):(?<words>[a-z_]+)(?::\d{4}-\d\d-\d\d)?: /, about('MONITOR')],
];

/** Reads a reason that the program wrote; `null` for one that it cannot read, such as a person's own words. */
export function readHalt(reason: string): Found | null {
  for (const [pattern, read] of SENTENCES) {
    const found = pattern.exec(reason);
    if (found) return read(found.groups ?? {});
  }
  return null;
}

function about(code: HaltCode) {
  return ({ order, row, symbol, filled, quantity, words }: Groups): Found => ({
    code,
    ...(order !== undefined && { orderId: Number(order) }),
    ...(row !== undefined && { row }),
    ...(symbol !== undefined && { symbol }),
    ...(filled !== undefined && { fills: { filled: Number(filled), quantity: Number(quantity) } }),
    ...(words !== undefined && { words: words.split(', ') }),
  });
}

function mismatch({ expected, told, shares = '' }: Groups): Found {
  const lines = [...shares.matchAll(/(\w+) (-?[\d,]+) expected, (-?[\d,]+) at the broker/g)];
  const cash = { expected: numberOf(expected), told: numberOf(told) };
  return {
    code: 'POSITION_MISMATCH',
    books: {
      cash: cash.expected === cash.told ? null : cash,
      shares: lines.map(([, symbol = '', ours, theirs]) => ({ symbol, expected: numberOf(ours), told: numberOf(theirs) })),
    },
  };
}

function numberOf(text: string | undefined): number {
  return Number((text ?? '').replaceAll(',', ''));
}
