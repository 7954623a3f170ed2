import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Splash } from '@/components/layout/logo';
import { Button } from '@/components/ui/button';
import { refreshSession } from '@/lib/api/client';
import { usePathname, useRouter, useSearchParams } from '@/lib/navigation';
import { useSession } from '@/lib/session/store';

/** Lets signed-in people through; everybody else goes to the login and comes back afterwards. */
export function SessionGate({ children }: { children: ReactNode }) {
  const status = useSession((state) => state.status);
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const { failed, restore } = useRestoredSession();

  useEffect(() => {
    if (status !== 'signed-out') return;
    const query = params.toString();
    const here = query ? `${pathname}?${query}` : pathname;
    router.replace(here === '/' ? '/login/' : `/login/?next=${encodeURIComponent(here)}`);
  }, [status, router, pathname, params]);

  if (status === 'signed-in') return children;
  return failed ? <Unreachable onRetry={restore} /> : <Splash />;
}

/** Tries the refresh cookie once after the page has loaded. */
export function useRestoredSession() {
  const status = useSession((state) => state.status);
  const [failed, setFailed] = useState(false);
  const restore = useCallback(() => {
    setFailed(false);
    refreshSession().catch(() => setFailed(true));
  }, []);
  useEffect(() => {
    if (status === 'unknown') refreshSession().catch(() => setFailed(true));
  }, [status]);
  return { failed, restore };
}

function Unreachable({ onRetry }: { onRetry: () => void }) {
  const t = useTranslations();
  return (
    <div role="alert" className="grid min-h-dvh place-items-center p-6 text-center">
      <div className="flex flex-col items-center gap-4">
        <p className="text-ink-soft">{t('errors.SERVER_UNREACHABLE')}</p>
        <Button onClick={onRetry}>{t('common.retry')}</Button>
      </div>
    </div>
  );
}
