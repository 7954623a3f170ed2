import { describe, expect, it } from 'vitest';
import { isAccepted } from './accepted';

describe('isAccepted', () => {
  it('knows the files of each kind by their ending, whatever its case', () => {
    expect(isAccepted('bars', '005930.CSV')).toBe(true);
    expect(isAccepted('bars', 'market.parquet')).toBe(true);
    expect(isAccepted('symbols', 'kospi_code.mst')).toBe(true);
    expect(isAccepted('actions', 'actions.csv')).toBe(true);
  });
  it('refuses a file of another kind', () => {
    expect(isAccepted('bars', 'kospi_code.mst')).toBe(false);
    expect(isAccepted('actions', 'actions.parquet')).toBe(false);
    expect(isAccepted('symbols', 'csv')).toBe(false);
  });
});
