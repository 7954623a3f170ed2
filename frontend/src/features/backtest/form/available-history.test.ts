import { describe, expect, it } from 'vitest';
import { commonHistory } from './available-history';

const instrument = (daily_from: string | null, daily_to: string | null) => ({ daily_from, daily_to });

describe('commonHistory', () => {
  it('is where all overlap', () => {
    const both = [instrument('2020-01-01', '2024-12-31'), instrument('2021-06-01', '2026-01-01')];
    expect(commonHistory(both)).toEqual({ from: '2021-06-01', to: '2024-12-31' });
  });
  it('is nothing when one has no data, none overlap, or none is chosen', () => {
    expect(commonHistory([instrument('2020-01-01', '2021-01-01'), instrument(null, null)])).toBeNull();
    expect(
      commonHistory([instrument('2020-01-01', '2020-12-31'), instrument('2022-01-01', '2023-01-01')]),
    ).toBeNull();
    expect(commonHistory([])).toBeNull();
  });
});
