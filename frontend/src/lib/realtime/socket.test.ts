import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reconnectDelay, StreamClient, type ConnectionStatus } from './socket';

/** Stands at the other end of the line. */
class FakeSocket {
  static all: FakeSocket[] = [];
  sent: { type: string; topics?: string[]; token?: string }[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text) as never);
  }
  close(code = 1000) {
    this.onclose?.({ code });
  }
  say(message: unknown) {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }
  accept() {
    this.onopen?.();
    this.say({ type: 'ready', user_id: 1 });
  }
}

const newest = () => FakeSocket.all.at(-1) as FakeSocket;

function setUp(token: (isRefused: boolean) => Promise<string | null> = async () => 'jwt') {
  const statuses: ConnectionStatus[] = [];
  const onEvent = vi.fn();
  const onResync = vi.fn();
  const client = new StreamClient({
    url: () => 'ws://localhost/api/v1/ws',
    token,
    onEvent,
    onResync,
    onStatus: (status) => statuses.push(status),
    random: () => 0.5,
    createSocket: () => new FakeSocket() as unknown as WebSocket,
  });
  return { client, statuses, onEvent, onResync };
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
});
afterEach(() => vi.useRealTimers());

describe('StreamClient', () => {
  it('signs in first and subscribes to what is held once it is let in', async () => {
    const { client } = setUp();
    client.subscribe(['orders']);
    client.start();
    await vi.advanceTimersByTimeAsync(0);
    newest().accept();
    expect(newest().sent).toEqual([
      { type: 'auth', token: 'jwt' },
      { type: 'subscribe', topics: ['orders'] },
    ]);
  });

  it('shares a topic between its holders', async () => {
    const { client } = setUp();
    client.start();
    await vi.advanceTimersByTimeAsync(0);
    newest().accept();
    const first = client.subscribe(['quotes:A']);
    const second = client.subscribe(['quotes:A']);
    first();
    first();
    expect(newest().sent.filter(({ type }) => type === 'unsubscribe')).toEqual([]);
    second();
    expect(newest().sent.slice(1)).toEqual([
      { type: 'subscribe', topics: ['quotes:A'] },
      { type: 'unsubscribe', topics: ['quotes:A'] },
    ]);
  });

  it('comes back after a loss, subscribes again and asks for a fresh read', async () => {
    const { client, statuses, onResync } = setUp();
    client.subscribe(['orders']);
    client.start();
    await vi.advanceTimersByTimeAsync(0);
    newest().accept();
    expect(onResync).not.toHaveBeenCalled();
    newest().say({ type: 'subscribed', topics: ['orders'] });
    expect(onResync).toHaveBeenCalledTimes(1);
    newest().close();
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.all).toHaveLength(2);
    newest().accept();
    expect(newest().sent.at(-1)).toEqual({ type: 'subscribe', topics: ['orders'] });
    newest().say({ type: 'subscribed', topics: ['orders'] });
    newest().say({ type: 'subscribed', topics: ['quotes:A'] });
    expect(onResync).toHaveBeenCalledTimes(2);
    expect(statuses).toEqual(['connecting', 'online', 'reconnecting', 'online']);
  });

  it('asks for another token when the server takes this one no more, and only then', async () => {
    const token = vi.fn(async (isRefused: boolean) => (isRefused ? 'new' : 'old'));
    const { client } = setUp(token);
    client.start();
    await vi.advanceTimersByTimeAsync(0);
    newest().accept();
    newest().close(1006);
    await vi.advanceTimersByTimeAsync(500);
    newest().accept();
    expect(newest().sent[0]).toEqual({ type: 'auth', token: 'old' });
    newest().close(4401);
    await vi.advanceTimersByTimeAsync(500);
    newest().accept();
    expect(newest().sent[0]).toEqual({ type: 'auth', token: 'new' });
    expect(token.mock.calls).toEqual([[false], [false], [true]]);
  });

  it('hangs up on a line that has gone silent', async () => {
    const { client, statuses } = setUp();
    client.start();
    await vi.advanceTimersByTimeAsync(0);
    newest().accept();
    await vi.advanceTimersByTimeAsync(61_000);
    expect(FakeSocket.all.length).toBeGreaterThan(1);
    expect(statuses).toContain('reconnecting');
  });

  it('stays on a line that answers pings', async () => {
    const { client } = setUp();
    client.start();
    await vi.advanceTimersByTimeAsync(0);
    newest().accept();
    for (let round = 0; round < 10; round += 1) {
      await vi.advanceTimersByTimeAsync(20_000);
      newest().say({ type: 'pong' });
    }
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('stops when the session has ended', async () => {
    const { client, statuses } = setUp(async () => null);
    client.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all).toHaveLength(0);
    expect(statuses.at(-1)).toBe('closed');
  });

  it('tries again when no token could be had', async () => {
    const token = vi.fn().mockRejectedValueOnce(new Error('down')).mockResolvedValue('jwt');
    const { client } = setUp(token);
    client.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('passes events on and drops noise', async () => {
    const { client, onEvent } = setUp();
    client.start();
    await vi.advanceTimersByTimeAsync(0);
    newest().accept();
    newest().say('not json');
    newest().say([1]);
    newest().say({ type: 'error', code: 'X', detail: '' });
    newest().say({ type: 'event', topic: 'orders', event: 'order.changed', data: { id: 1 } });
    expect(onEvent.mock.calls.map(([event]) => (event as { event: string }).event)).toEqual([
      'order.changed',
    ]);
  });
});

describe('reconnectDelay', () => {
  it('grows, keeps half of it random, and has a ceiling', () => {
    expect([0, 1, 2, 3].map((attempt) => reconnectDelay(attempt, 0))).toEqual([250, 500, 1000, 2000]);
    expect(reconnectDelay(0, 0.999)).toBeLessThanOrEqual(500);
    expect(reconnectDelay(50, 1)).toBe(30_000);
  });
});
