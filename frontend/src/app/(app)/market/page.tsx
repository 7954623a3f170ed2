'use client';

import { Market } from '@/features/market/market';

export default function Page() {
  return <Market />;
}
