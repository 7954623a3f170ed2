'use client';

import { SweepResult } from '@/features/backtest/sweeps/sweep-result';

export default function Page() {
  return <SweepResult />;
}
