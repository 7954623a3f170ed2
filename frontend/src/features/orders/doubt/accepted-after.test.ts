import { expect, it } from 'vitest';
import { acceptedAfter } from './accepted-after';

it('is negative for an order that the broker had before ours was sent', () => {
  expect(acceptedAfter('2026-11-20T10:00:01+09:00', '2026-11-20T10:00:00+09:00')).toBe(-1_000);
  expect(acceptedAfter('2026-11-20T10:00:01+09:00', '2026-11-20T10:00:03.5+09:00')).toBe(2_500);
  expect(acceptedAfter(null, '2026-11-20T10:00:00+09:00')).toBeNull();
});
