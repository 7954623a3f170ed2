'use client';

import { EditStrategy } from '@/features/strategies/strategy-editor';

export default function Page() {
  return <EditStrategy />;
}
