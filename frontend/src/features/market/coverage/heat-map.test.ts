import { describe, expect, it } from 'vitest';
import { moved } from './heat-map';

describe('moved', () => {
  const at = { row: 1, column: 1 };
  it('steps along rows and columns', () => {
    expect(moved(at, 'ArrowLeft', 3, 3)).toEqual({ row: 1, column: 0 });
    expect(moved(at, 'ArrowRight', 3, 3)).toEqual({ row: 1, column: 2 });
    expect(moved(at, 'ArrowUp', 3, 3)).toEqual({ row: 0, column: 1 });
    expect(moved(at, 'ArrowDown', 3, 3)).toEqual({ row: 2, column: 1 });
    expect(moved(at, 'Home', 3, 3)).toEqual({ row: 1, column: 0 });
    expect(moved(at, 'End', 3, 3)).toEqual({ row: 1, column: 2 });
  });
  it('stops at the edges', () => {
    expect(moved({ row: 0, column: 0 }, 'ArrowLeft', 3, 3)).toEqual({ row: 0, column: 0 });
    expect(moved({ row: 2, column: 2 }, 'ArrowDown', 3, 3)).toEqual({ row: 2, column: 2 });
  });
  it('leaves other keys to the browser', () => {
    expect(moved(at, 'Tab', 3, 3)).toBeNull();
  });
});
