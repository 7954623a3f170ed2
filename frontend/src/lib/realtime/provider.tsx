'use client';

import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { refreshSession } from '@/lib/api/client';
import type { StreamEvent } from '@/lib/api/types';
import { sessionStore } from '@/lib/session/store';
import { applyEvent, isElsewhere, resync } from './patch';
import { StreamClient, type ConnectionStatus } from './socket';

interface Realtime {
  client: StreamClient;
  status: ConnectionStatus;
  /** Hears every event of the shown account after the cache has been patched. */
  listen: (listener: (event: StreamEvent) => void) => () => void;
}

const RealtimeContext = createContext<Realtime | null>(null);

function streamUrl(): string {
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${window.location.host}/api/v1/ws`;
}

/** The access token; a new one if the server refused it, which alone knows when a token has ended. */
async function currentToken(isRefused: boolean): Promise<string | null> {
  const token = sessionStore.getState().accessToken;
  if (token && !isRefused) return token;
  const session = await refreshSession();
  return session?.access_token ?? null;
}

/** Keeps the stream open for as long as it is mounted, that is while somebody is signed in. */
export function RealtimeProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const [status, setStatus] = useState<ConnectionStatus>('connecting');
  const { client, listen } = useMemo(() => {
    const listeners = new Set<(event: StreamEvent) => void>();
    const stream = new StreamClient({
      url: streamUrl,
      token: currentToken,
      onEvent: (event) => {
        applyEvent(queryClient, event);
        if (!isElsewhere(event)) listeners.forEach((listener) => listener(event));
      },
      onStatus: setStatus,
      onResync: () => resync(queryClient),
      random: Math.random,
      createSocket: (url) => new WebSocket(url),
    });
    const add = (listener: (event: StreamEvent) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    };
    return { client: stream, listen: add };
  }, [queryClient]);

  useEffect(() => {
    const release = client.subscribe(['orders', 'account', 'signals', 'jobs', 'strategies']);
    const retry = () => client.retryNow();
    client.start();
    window.addEventListener('online', retry);
    return () => {
      window.removeEventListener('online', retry);
      release();
      client.stop();
    };
  }, [client]);

  const value = useMemo(() => ({ client, status, listen }), [client, status, listen]);
  return <RealtimeContext value={value}>{children}</RealtimeContext>;
}

function useRealtime(): Realtime {
  const realtime = useContext(RealtimeContext);
  if (!realtime) throw new Error('useRealtime needs a RealtimeProvider above it.');
  return realtime;
}

export function useConnectionStatus(): ConnectionStatus {
  return useRealtime().status;
}

/** Streams quotes and order books of these symbols into the cache while mounted. */
export function useQuoteStream(symbols: string[]): void {
  const { client } = useRealtime();
  const wanted = [...new Set(symbols)].sort().join(',');
  useEffect(() => {
    if (wanted === '') return;
    return client.subscribe(wanted.split(',').map((symbol) => `quotes:${symbol}`));
  }, [client, wanted]);
}

/** Runs a side effect such as a toast on stream events. */
export function useStreamListener(listener: (event: StreamEvent) => void): void {
  const { listen } = useRealtime();
  useEffect(() => listen(listener), [listen, listener]);
}
