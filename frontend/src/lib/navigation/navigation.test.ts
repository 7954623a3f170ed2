import { describe, expect, it } from 'vitest';
import { safeReturnPath } from '.';

describe('safeReturnPath', () => {
  it.each(['/holdings/', '/backtest/result/?id=42'])('keeps %s', (path) => {
    expect(safeReturnPath(path)).toBe(path);
  });
  it.each([null, '', '//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)'])(
    'turns %s into the dashboard',
    (path) => {
      expect(safeReturnPath(path)).toBe('/');
    },
  );
});
