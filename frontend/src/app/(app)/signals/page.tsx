'use client';

import { Signals } from '@/features/signals/signals';

export default function Page() {
  return <Signals />;
}
