'use client';

import { StrategyList } from '@/features/strategies/list/strategy-list';

export default function Page() {
  return <StrategyList />;
}
