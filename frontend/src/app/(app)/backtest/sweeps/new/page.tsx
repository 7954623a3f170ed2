'use client';

import { NewSweep } from '@/features/backtest/sweeps/new-sweep';

export default function Page() {
  return <NewSweep />;
}
