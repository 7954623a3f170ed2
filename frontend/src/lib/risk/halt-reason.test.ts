import { describe, expect, it } from 'vitest';
import ko from '@/lib/i18n/messages/safety/ko.json';
import { needsBooks, readHalt } from './halt-reason';

/** What the program writes, word for word. */
const WRITTEN = [
  'POSITION_MISMATCH: cash 49852175 expected, 50000000 at the broker; 005930 10 expected, 0 at the broker; 000660 0 expected, 7 at the broker',
  'POSITION_MISMATCH: cash 100 expected, 90 at the broker; shares agree',
  'BIND_CONFLICT: row 00950-0000000012 may be of order 7 as well',
  'BIND_CONFLICT: order 7 was answered under another number than it is bound to',
  'BROKER_DUPLICATE: row 00950-0000000012 may be of order 7 as well',
  'FILL_DECREASE: row 00950-0000000012 shows fewer fills than before',
  'OVERFILL: 12 of 10 shares of row 00950-0000000012 are filled',
  'ORDER_REAPPEARED: order 7 was thought never to have come',
  'EXTERNAL_ORDER: somebody else trades 000660',
  '12 shares of 005930 sold, but only 10 held: compare the holdings with the broker\'s',
  'checks before the open failed: calendar, session, sync, circuit, orders_of_before',
  'order:7:sent_twice: 2 requests may have reached the broker',
  'account:2:more_than_sent:2026-11-25: 3 rows, 2 sent',
];

describe('readHalt', () => {
  it('knows every sentence, and there are words for it', () => {
    const codes = WRITTEN.map((reason) => readHalt(reason)?.code);
    expect(codes).not.toContain(undefined);
    for (const code of codes) expect(Object.keys(ko.risk.halts)).toContain(code);
    expect(new Set(codes).size).toBe(10);
  });

  it('takes out what differs', () => {
    expect(readHalt(WRITTEN[0] ?? '')).toEqual({
      code: 'POSITION_MISMATCH',
      books: {
        cash: { expected: 49_852_175, told: 50_000_000 },
        shares: [
          { symbol: '005930', expected: 10, told: 0 },
          { symbol: '000660', expected: 0, told: 7 },
        ],
      },
    });
    expect(readHalt(WRITTEN[1] ?? '')?.books).toEqual({ cash: { expected: 100, told: 90 }, shares: [] });
    expect(readHalt(WRITTEN[2] ?? '')).toEqual({ code: 'BIND_CONFLICT', orderId: 7, row: '00950-0000000012' });
    expect(readHalt(WRITTEN[6] ?? '')?.fills).toEqual({ filled: 12, quantity: 10 });
    expect(readHalt(WRITTEN[10] ?? '')?.words).toEqual(['calendar', 'session', 'sync', 'circuit', 'orders_of_before']);
    expect(readHalt(WRITTEN[11] ?? '')).toEqual({ code: 'MONITOR', orderId: 7, words: ['sent_twice'] });
    expect(readHalt(WRITTEN[12] ?? '')).toEqual({ code: 'MONITOR', words: ['more_than_sent'] });
  });

  it('leaves the words of people alone', () => {
    expect(readHalt('점검을 마칠 때까지')).toBeNull();
    expect(readHalt('')).toBeNull();
  });

  it('knows after which the books have to be taken over', () => {
    expect(needsBooks('POSITION_MISMATCH')).toBe(true);
    expect(needsBooks('BIND_CONFLICT')).toBe(false);
  });
});
