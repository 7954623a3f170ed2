'use client';

import { NewStrategy } from '@/features/strategies/form/strategy-editor';

export default function Page() {
  return <NewStrategy />;
}
