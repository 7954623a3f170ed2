'use client';

import { EditStrategy } from '@/features/strategies/form/strategy-editor';

export default function Page() {
  return <EditStrategy />;
}
