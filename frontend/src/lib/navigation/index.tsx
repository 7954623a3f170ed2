'use client';

import NextLink from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useMemo, type ComponentProps } from 'react';
import { AddressProvider, useAddress } from './address';

/** The only door to the router: everything else imports navigation from here. */
export { AddressProvider, NextLink as Link, usePathname, useRouter, useSearchParams };
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
  const { query, change } = useAddress();
  const changes = useMemo(() => {
    const update = (values: Record<string, UrlValue>) =>
      change((next) => {
        if (!('page' in values)) next.delete('page');
        for (const [key, value] of Object.entries(values)) {
          if (value === undefined || value === '') next.delete(key);
          else next.set(key, String(value));
        }
        return next;
      });
    /** Another view of the page: nothing of what the old one kept stays. */
    const reset = (values: Record<string, string>) => change(() => new URLSearchParams(values));
    return { update, reset };
  }, [change]);
  const page = Math.max(1, Math.trunc(Number(query.get('page') ?? 1)) || 1);
  const get = (key: string): string | undefined => query.get(key) || undefined;
  return { get, page, ...changes };
}

/** Accepts only a path on this site, so that `?next=` cannot lead elsewhere. */
export function safeReturnPath(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}
