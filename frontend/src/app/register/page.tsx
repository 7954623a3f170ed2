'use client';

import { Suspense } from 'react';
import { Splash } from '@/components/layout/logo';
import { RegisterForm } from '@/features/auth/register-form';

export default function Page() {
  return (
    <Suspense fallback={<Splash />}>
      <RegisterForm />
    </Suspense>
  );
}
