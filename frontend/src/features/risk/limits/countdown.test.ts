import { expect, it } from 'vitest';
import { countdown } from './countdown';

it('counts minutes and seconds down and stops at nothing', () => {
  const until = '2026-11-20T10:10:00+09:00';
  const at = (time: string) => Date.parse(`2026-11-20T${time}+09:00`);
  expect(countdown(until, at('10:00:00'))).toBe('10:00');
  expect(countdown(until, at('10:00:55.500'))).toBe('9:05');
  expect(countdown(until, at('10:09:59.900'))).toBe('0:01');
  expect(countdown(until, at('10:11:00'))).toBe('0:00');
});
