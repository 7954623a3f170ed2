'use client';

import NextLink from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useCallback, type ComponentProps } from 'react';

/** The only door to the router: everything else imports navigation from here. */
export { NextLink as Link, usePathname, useRouter, useSearchParams };
export type LinkProps = ComponentProps<typeof NextLink>;

/** The numeric `?id=` of a detail page, or null when the address has none. */
export function useIdParam(): number | null {
  const id = Number(useSearchParams().get('id'));
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

export type UrlValue = string | number | undefined;

/**
 * Filters and page numbers kept in the address, so that a link or the back button brings the same
 * view. Changing anything but the page goes back to the first page.
 */
export function useUrlState() {
  const params = useSearchParams();

  const update = useCallback((changes: Record<string, UrlValue>) => {
    // The address itself, not what the last render saw of it: two changes may come before the next render.
    const next = new URLSearchParams(window.location.search);
    if (!('page' in changes)) next.delete('page');
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined || value === '') next.delete(key);
      else next.set(key, String(value));
    }
    replaceQuery(next);
  }, []);
  /** Another view of the page: nothing of what the old one kept stays. */
  const reset = useCallback((values: Record<string, string>) => replaceQuery(new URLSearchParams(values)), []);

  const page = Math.max(1, Math.trunc(Number(params.get('page') ?? 1)) || 1);
  const get = (key: string): string | undefined => params.get(key) || undefined;
  return { get, page, update, reset };
}

/** Changes the address at once; the router of Next follows it. Its own `replace` would only change it later. */
function replaceQuery(query: URLSearchParams) {
  const { pathname } = window.location;
  window.history.replaceState(null, '', query.size > 0 ? `${pathname}?${query}` : pathname);
}

/** Accepts only a path on this site, so that `?next=` cannot lead elsewhere. */
export function safeReturnPath(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}
