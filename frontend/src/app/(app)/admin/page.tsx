'use client';

import { Admin } from '@/features/admin/admin';

export default function Page() {
  return <Admin />;
}
