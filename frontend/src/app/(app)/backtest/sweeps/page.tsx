'use client';

import { Sweeps } from '@/features/backtest/sweeps/sweeps';

export default function Page() {
  return <Sweeps />;
}
