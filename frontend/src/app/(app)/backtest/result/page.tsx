'use client';

import { BacktestResult } from '@/features/backtest/backtest-result';

export default function Page() {
  return <BacktestResult />;
}
