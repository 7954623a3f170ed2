'use client';

import { Suspense } from 'react';
import { Splash } from '@/components/layout/logo';
import { LoginForm } from '@/features/auth/login-form';

export default function Page() {
  return (
    <Suspense fallback={<Splash />}>
      <LoginForm />
    </Suspense>
  );
}
