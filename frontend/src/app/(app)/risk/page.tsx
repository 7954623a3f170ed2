'use client';

import { Risk } from '@/features/risk/risk';

export default function Page() {
  return <Risk />;
}
