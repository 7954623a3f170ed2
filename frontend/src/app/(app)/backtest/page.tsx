'use client';

import { Backtests } from '@/features/backtest/list/backtests';

export default function Page() {
  return <Backtests />;
}
