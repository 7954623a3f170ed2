'use client';

import { Doubt } from '@/features/orders/doubt/doubt';

export default function Page() {
  return <Doubt />;
}
