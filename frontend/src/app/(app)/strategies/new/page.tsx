'use client';

import { NewStrategy } from '@/features/strategies/strategy-editor';

export default function Page() {
  return <NewStrategy />;
}
