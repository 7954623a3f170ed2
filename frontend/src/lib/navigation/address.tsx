'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import {
  createContext,
  useCallback,
  useContext,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';

interface Address {
  query: URLSearchParams;
  /** Replaces the query in the address; the entry in the history stays the same. */
  change: (change: (query: URLSearchParams) => URLSearchParams) => void;
}

const AddressContext = createContext<Address | null>(null);

/**
 * Knows the address that was asked for last. The router of Next shows a changed one a moment later, in steps, and writes
 * each step into the bar on its way: whoever reads the bar or the router meanwhile sees what nobody wants any more.
 */
export function AddressProvider({ children }: { children: ReactNode }) {
  const shown = addressOf(usePathname(), useSearchParams());
  /** From the address that the router shows to the one that was asked for last; empty once it has arrived. */
  const [trail, setTrail] = useState<string[]>([]);
  const [seen, setSeen] = useState(shown);
  if (seen !== shown) {
    setSeen(shown);
    setTrail(restOf(trail, shown));
  }
  const wanted = restOf(trail, shown).at(-1) ?? shown;
  const newest = useRef(wanted);
  useLayoutEffect(() => {
    newest.current = wanted;
  }, [wanted]);

  const change = useCallback((changed: (query: URLSearchParams) => URLSearchParams) => {
    const before = newest.current;
    const [pathname = '', query] = before.split('?');
    const next = addressOf(pathname, changed(new URLSearchParams(query)));
    if (next === before) return;
    newest.current = next;
    setTrail((way) => [...(way.length > 0 ? way : [before]), next]);
    window.history.replaceState(null, '', next);
  }, []);
  const address = useMemo(
    () => ({ query: new URLSearchParams(wanted.split('?')[1]), change }),
    [wanted, change],
  );
  return <AddressContext value={address}>{children}</AddressContext>;
}

export function useAddress(): Address {
  const address = useContext(AddressContext);
  if (!address) throw new Error('useAddress needs an AddressProvider above it.');
  return address;
}

/** What is left of the way at one of its steps; nothing at its end, and nothing beside it. */
function restOf(trail: string[], step: string): string[] {
  const rest = trail.slice(trail.lastIndexOf(step));
  return trail.includes(step) && rest.length > 1 ? rest : [];
}

function addressOf(pathname: string, query: URLSearchParams): string {
  return query.size > 0 ? `${pathname}?${query}` : pathname;
}
