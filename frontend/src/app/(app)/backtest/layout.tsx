'use client';

import type { ReactNode } from 'react';
import { Skeleton } from '@/components/ui/skeleton';
import { BacktestWords } from '@/lib/i18n/backtest-words';

export default function BacktestLayout({ children }: { children: ReactNode }) {
  return <BacktestWords loading={<Skeleton className="h-96 rounded-xl" />}>{children}</BacktestWords>;
}
