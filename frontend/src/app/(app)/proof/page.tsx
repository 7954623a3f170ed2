'use client';

import { Proof } from '@/features/proof/proof';

export default function Page() {
  return <Proof />;
}
