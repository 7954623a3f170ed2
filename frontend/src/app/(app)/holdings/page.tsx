'use client';

import { Holdings } from '@/features/holdings/holdings';

export default function Page() {
  return <Holdings />;
}
