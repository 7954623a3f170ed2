'use client';

import { BacktestResult } from '@/features/backtest/result/backtest-result';

export default function Page() {
  return <BacktestResult />;
}
