'use client';

import { StrategyList } from '@/features/strategies/strategy-list';

export default function Page() {
  return <StrategyList />;
}
