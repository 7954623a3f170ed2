'use client';

import { StrategyVersions } from '@/features/strategies/versions/strategy-versions';

export default function Page() {
  return <StrategyVersions />;
}
