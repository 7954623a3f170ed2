import { createStore, useStore } from 'zustand';
import type { Session, User } from '@/lib/api/types';

interface SessionState {
  /** `unknown` until the refresh cookie has been tried once after page load. */
  status: 'unknown' | 'signed-in' | 'signed-out';
  /** Lives in memory only, so that no script can read it from storage later. */
  accessToken: string | null;
  user: User | null;
  /** The account that everything on this page belongs to; null until it is known. */
  accountId: number | null;
  signIn: (session: Session) => void;
  signOut: () => void;
  show: (accountId: number) => void;
}

export const sessionStore = createStore<SessionState>()((set) => ({
  status: 'unknown',
  accessToken: null,
  user: null,
  accountId: null,
  signIn: (session) =>
    set({ status: 'signed-in', accessToken: session.access_token, user: session.user }),
  signOut: () => set({ status: 'signed-out', accessToken: null, user: null, accountId: null }),
  show: (accountId) => set({ accountId }),
}));

export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(sessionStore, select);
}

/** Viewers read everything and change nothing. */
export function useCanWrite(): boolean {
  return useSession((state) => state.user !== null && state.user.role !== 'viewer');
}
