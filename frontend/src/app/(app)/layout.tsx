'use client';

import { Suspense, type ReactNode } from 'react';
import { AppShell } from '@/components/layout/app-shell';
import { Splash } from '@/components/layout/logo';
import { SessionGate } from '@/features/auth/session-gate';
import { UserMenu } from '@/features/auth/user-menu';
import { HaltButton } from '@/features/kill-switch/halt-button';
import { HaltedBanner } from '@/features/kill-switch/halted-banner';
import { NotificationBell } from '@/features/notifications/notification-bell';
import { OrderSheetHost } from '@/features/orders/order-sheet-host';
import { OrderToasts } from '@/features/trading/order-toasts';
import { AddressProvider } from '@/lib/navigation';
import { RealtimeProvider } from '@/lib/realtime/provider';

export default function SignedInLayout({ children }: { children: ReactNode }) {
  return (
    <Suspense fallback={<Splash />}>
      <SessionGate>
        <RealtimeProvider>
          <AddressProvider>
            <AppShell banner={<HaltedBanner />} actions={<Actions />} account={<UserMenu />}>
              <Suspense>{children}</Suspense>
            </AppShell>
            <OrderSheetHost />
          </AddressProvider>
          <OrderToasts />
        </RealtimeProvider>
      </SessionGate>
    </Suspense>
  );
}

function Actions() {
  return (
    <>
      <NotificationBell />
      <HaltButton />
    </>
  );
}
