import { createContext, startTransition, use, useContext, useEffect, useInsertionEffect, useState, type ReactNode } from 'react';

/**
 * Stands in for `next/navigation` in tests of the address. It does with it what Next's router does: a replaced address is
 * written into the bar at once, is shown by a transition, and is then written into the bar again. Each waits for `arrive`.
 */
const Shown = createContext(new URL(window.location.href));

export const usePathname = () => useContext(Shown).pathname;
export const useSearchParams = () => useContext(Shown).searchParams;
export const useRouter = () => ({});

const NATIVE = window.history.replaceState.bind(window.history);
const onTheirWay: (() => void)[] = [];
let show: (address: string) => void = () => undefined;

export const router = {
  /** Lets the oldest address that is on its way arrive. */
  arrive: () => onTheirWay.shift()?.(),
  /** Shows an address at once, as a link or the back button does. */
  follow: (address: string) => show(address),
  /** Writes into the bar without the router. */
  write: (address: string) => NATIVE(null, '', address),
};

const absolute = (address: string | URL | null | undefined) => new URL(String(address), window.location.href);

export function FakeRouter({ start, children }: { start: string; children: ReactNode }) {
  const [coming, setComing] = useState<URL | Promise<URL>>(() => absolute(start));
  const shown = coming instanceof URL ? coming : use(coming);
  useInsertionEffect(() => NATIVE(null, '', shown), [shown]);
  useEffect(() => {
    show = (address) => setComing(absolute(address));
    window.history.replaceState = (data, unused, address) => {
      NATIVE(data, unused, address);
      const arrival = new Promise<URL>((resolve) => onTheirWay.push(() => resolve(absolute(address))));
      startTransition(() => setComing(arrival));
    };
    return () => {
      window.history.replaceState = NATIVE;
      onTheirWay.length = 0;
    };
  }, []);
  return <Shown value={shown}>{children}</Shown>;
}
