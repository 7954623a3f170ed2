'use client';

import { Backtests } from '@/features/backtest/backtests';

export default function Page() {
  return <Backtests />;
}
