'use client';

import { History } from '@/features/history/history';

export default function Page() {
  return <History />;
}
