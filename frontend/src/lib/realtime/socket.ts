import type { ServerMessage, StreamEvent } from '@/lib/api/types';

export type ConnectionStatus = 'connecting' | 'online' | 'reconnecting' | 'closed';

export interface StreamOptions {
  url: () => string;
  /** An access token, another one than before if that was refused, or null when the session has ended. */
  token: (isRefused: boolean) => Promise<string | null>;
  onEvent: (event: StreamEvent) => void;
  onStatus: (status: ConnectionStatus) => void;
  /** Called when a connection begins to tell events: what was read before may have changed unheard. */
  onResync: () => void;
  /** In [0, 1); spreads the reconnects of many browsers. */
  random: () => number;
  createSocket: (url: string) => WebSocket;
}

const PING_EVERY_MS = 20_000;
const SILENCE_LIMIT_MS = 45_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** Close code of a server that takes the access token no more. */
const UNAUTHENTICATED = 4401;

/** Exponential back-off with half of it random. */
export function reconnectDelay(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/**
 * The one WebSocket of the app. It signs in, keeps the subscriptions that somebody still holds,
 * and comes back by itself after a loss.
 */
export class StreamClient {
  private socket: WebSocket | null = null;
  private readonly holders = new Map<string, number>();
  private attempt = 0;
  private unheard = false;
  private ready = false;
  private lastHeard = 0;
  private running = false;
  private isTokenRefused = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly options: StreamOptions) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    this.options.onStatus('connecting');
    void this.connect();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.retryTimer);
    this.drop();
    this.options.onStatus('closed');
  }

  /** Tries at once instead of waiting for the back-off, e.g. when the network is back. */
  retryNow(): void {
    if (!this.running || this.socket) return;
    clearTimeout(this.retryTimer);
    this.attempt = 0;
    void this.connect();
  }

  /** Holds topics until the returned function is called; several holders share a subscription. */
  subscribe(topics: string[]): () => void {
    const fresh = topics.filter((topic) => this.hold(topic) === 1);
    if (this.ready && fresh.length > 0) this.send({ type: 'subscribe', topics: fresh });
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const unused = topics.filter((topic) => this.release(topic) === 0);
      if (this.ready && unused.length > 0) this.send({ type: 'unsubscribe', topics: unused });
    };
  }

  private hold(topic: string): number {
    const count = (this.holders.get(topic) ?? 0) + 1;
    this.holders.set(topic, count);
    return count;
  }

  private release(topic: string): number {
    const count = (this.holders.get(topic) ?? 1) - 1;
    if (count === 0) this.holders.delete(topic);
    else this.holders.set(topic, count);
    return count;
  }

  private async connect(): Promise<void> {
    let token: string | null;
    try {
      token = await this.options.token(this.isTokenRefused);
    } catch {
      this.scheduleRetry();
      return;
    }
    if (!this.running) return;
    if (token === null) {
      this.stop();
      return;
    }
    const socket = this.options.createSocket(this.options.url());
    this.socket = socket;
    this.lastHeard = Date.now();
    socket.onopen = () => socket.send(JSON.stringify({ type: 'auth', token }));
    socket.onmessage = (message: MessageEvent<string>) => {
      if (socket === this.socket) this.receive(message.data);
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      this.isTokenRefused = code === UNAUTHENTICATED;
      this.lose();
    };
    this.pingTimer = setInterval(() => this.checkPulse(), PING_EVERY_MS);
  }

  /** A dead line often stays "open" for minutes; silence is what gives it away. */
  private checkPulse(): void {
    if (Date.now() - this.lastHeard > SILENCE_LIMIT_MS) this.lose();
    else if (this.ready) this.send({ type: 'ping' });
  }

  private receive(text: string): void {
    this.lastHeard = Date.now();
    const message = parseMessage(text);
    if (message === null) return;
    if (message.type === 'ready') this.becomeReady();
    if (message.type === 'subscribed' && this.unheard) {
      // Only from here on is nothing missed: what was read before may have changed unheard, at first start too.
      this.unheard = false;
      this.options.onResync();
    }
    if (message.type === 'event') this.options.onEvent(message);
  }

  private becomeReady(): void {
    this.ready = true;
    this.isTokenRefused = false;
    this.unheard = true;
    this.attempt = 0;
    const topics = [...this.holders.keys()];
    if (topics.length > 0) this.send({ type: 'subscribe', topics });
    this.options.onStatus('online');
  }

  private lose(): void {
    this.drop();
    if (this.running) this.scheduleRetry();
  }

  private drop(): void {
    clearInterval(this.pingTimer);
    this.ready = false;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private scheduleRetry(): void {
    if (!this.running) return;
    this.options.onStatus('reconnecting');
    const delay = reconnectDelay(this.attempt, this.options.random());
    this.attempt += 1;
    this.retryTimer = setTimeout(() => void this.connect(), delay);
  }

  private send(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }
}

/** The server's own message types; what is not JSON with a type is dropped. */
function parseMessage(text: string): ServerMessage | null {
  try {
    const value: unknown = JSON.parse(text);
    const isMessage = typeof value === 'object' && value !== null && 'type' in value;
    return isMessage ? (value as ServerMessage) : null;
  } catch {
    return null;
  }
}
