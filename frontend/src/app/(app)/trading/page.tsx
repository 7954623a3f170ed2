'use client';

import { Trading } from '@/features/trading/trading';

export default function Page() {
  return <Trading />;
}
