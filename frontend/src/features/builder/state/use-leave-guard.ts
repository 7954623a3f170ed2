import { useEffect, useState } from 'react';
import { useRouter } from '@/lib/navigation';

/** Asks before unsaved work is left behind: by a link of the app, or by closing the page. */
export function useLeaveGuard(isDirty: boolean) {
  const router = useRouter();
  const [wanted, setWanted] = useState<string | null>(null);

  useEffect(() => {
    if (!isDirty) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      if (!(link instanceof HTMLAnchorElement) || !isPlain || link.target || link.download) return;
      if (link.origin !== window.location.origin || link.hash) return;
      event.preventDefault();
      event.stopPropagation();
      setWanted(link.pathname + link.search);
    };
    window.addEventListener('beforeunload', onUnload);
    // Before the router hears of it.
    document.addEventListener('click', onClick, true);
    return () => {
      window.removeEventListener('beforeunload', onUnload);
      document.removeEventListener('click', onClick, true);
    };
  }, [isDirty]);

  return {
    isAsking: wanted !== null,
    stay: () => setWanted(null),
    leave: () => {
      if (wanted !== null) router.push(wanted);
    },
  };
}
