import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sessionStore } from '@/lib/session/store';
import { account } from './account';
import { ApiProblem } from './problem';

// Relative addresses need a page to be relative to; the client takes `Request` when it is loaded.
vi.hoisted(() => {
  const Original = globalThis.Request;
  globalThis.Request = class extends Original {
    constructor(input: RequestInfo | URL, init?: RequestInit) {
      super(typeof input === 'string' ? new URL(input, 'http://localhost') : input, init);
    }
  };
});

const user = {
  id: 1,
  email: 'a@b.kr',
  full_name: 'A',
  role: 'user' as const,
  is_active: true,
  created_at: '',
  updated_at: '',
};
const session = (token: string) => ({
  access_token: token,
  token_type: 'Bearer',
  expires_in: 3600,
  user,
});

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json' },
  });

/** A server that knows one good token and hands it out on refresh. */
function serve(options: { refresh: () => Response }) {
  const calls: string[] = [];
  const answer = (request: Request): Response => {
    const { pathname } = new URL(request.url);
    calls.push(pathname);
    if (pathname.endsWith('/auth/refresh')) return options.refresh();
    const good = request.headers.get('authorization') === 'Bearer fresh';
    return good ? json(200, { cash_balance: 1 }) : json(401, { code: 'UNAUTHENTICATED' });
  };
  vi.stubGlobal('fetch', vi.fn(async (request: Request) => answer(request)));
  return calls;
}

beforeEach(() => sessionStore.getState().signIn(session('stale')));
afterEach(() => vi.unstubAllGlobals());

describe('an expired access token', () => {
  it('is refreshed once for requests that fail together', async () => {
    const calls = serve({ refresh: () => json(200, session('fresh')) });
    const answers = await Promise.all([account.balance(), account.balance(), account.balance()]);
    expect(answers).toHaveLength(3);
    expect(calls.filter((path) => path.endsWith('/auth/refresh'))).toHaveLength(1);
    expect(sessionStore.getState().accessToken).toBe('fresh');
  });

  it('waits for the turn of this tab, because tabs share the cookie', async () => {
    let turn = () => {};
    const mine = new Promise<void>((resolve) => (turn = resolve));
    const request = (name: string, run: () => Promise<unknown>) => mine.then(() => run());
    vi.stubGlobal('navigator', { locks: { request } });
    const calls = serve({ refresh: () => json(200, session('fresh')) });
    const balance = account.balance();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls.filter((path) => path.endsWith('/auth/refresh'))).toHaveLength(0);
    turn();
    await balance;
    expect(calls.filter((path) => path.endsWith('/auth/refresh'))).toHaveLength(1);
  });

  it('ends the session when the refresh is refused', async () => {
    serve({ refresh: () => json(401, { code: 'UNAUTHENTICATED' }) });
    await expect(account.balance()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(sessionStore.getState().status).toBe('signed-out');
  });

  it('keeps the session while the server is down', async () => {
    serve({ refresh: () => json(503, {}) });
    await expect(account.balance()).rejects.toBeInstanceOf(ApiProblem);
    expect(sessionStore.getState().status).toBe('signed-in');
  });
});

describe('a refused password', () => {
  it('is no reason to refresh', async () => {
    const calls: string[] = [];
    const refuse = async (request: Request) => {
      calls.push(new URL(request.url).pathname);
      return json(401, { code: 'WRONG_PASSWORD' });
    };
    vi.stubGlobal('fetch', vi.fn(refuse));
    const attempt = account.resume({ password: 'x', reason: 'y' });
    await expect(attempt).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
    expect(calls).toEqual(['/api/v1/account/resume']);
  });
});

describe('a server that cannot be reached', () => {
  it('is a problem with its own code', async () => {
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('failed to fetch')));
    await expect(account.balance()).rejects.toMatchObject({ code: 'NETWORK', status: 0 });
  });
});
