'use client';

import { Compare } from '@/features/backtest/compare/compare';

export default function Page() {
  return <Compare />;
}
