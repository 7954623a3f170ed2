import createClient from 'openapi-fetch';
import { sessionStore } from '@/lib/session/store';
import { networkProblem, toProblem } from './problem';
import type { paths } from './schema';
import type { Session } from './types';

/** `fetch` that turns "no answer at all" into a problem like every other. */
async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw networkProblem();
  }
}

const anonymous = createClient<paths>({ baseUrl: '', fetch: reach, credentials: 'same-origin' });

let refreshing: Promise<Session | null> | null = null;

async function requestSession(): Promise<Session | null> {
  const { data, response } = await anonymous.POST('/api/v1/auth/refresh');
  if (data) {
    sessionStore.getState().signIn(data);
    return data;
  }
  // Only a refusal ends the session: a server that is restarting must not sign anybody out.
  if (response.status === 401 || response.status === 403) {
    sessionStore.getState().signOut();
    return null;
  }
  throw toProblem(response.status, null);
}

/** Takes turns with the other tabs, which share the cookie. Plain HTTP to another machine has no locks. */
async function requestInTurn(): Promise<Session | null> {
  const { navigator } = globalThis as { navigator?: Partial<Navigator> };
  const locks = navigator?.locks;
  return locks ? await locks.request('exodus-refresh', requestSession) : requestSession();
}

/**
 * Trades the refresh cookie for a new access token. The cookie is single use, so concurrent
 * callers share one request; a second one would look like a stolen token to the server.
 */
export function refreshSession(): Promise<Session | null> {
  refreshing ??= requestInTurn().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/** Names the account that the page shows: the server does nothing when another one was selected meanwhile. */
const SHOWN_ACCOUNT = 'Exodus-Account';

function withToken(request: Request): Request {
  const { accessToken, accountId } = sessionStore.getState();
  if (accessToken) request.headers.set('Authorization', `Bearer ${accessToken}`);
  if (accountId !== null) request.headers.set(SHOWN_ACCOUNT, String(accountId));
  return request;
}

/** A 401 may also say that a password typed again was wrong, which no new token would mend. */
async function wantsNewToken(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return toProblem(401, body).code === 'UNAUTHENTICATED';
}

/** Sends with the access token and, when that has run out, once more with a fresh one. */
async function authenticatedFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await reach(withToken(request));
  if (!(await wantsNewToken(response))) return response;
  const session = await refreshSession();
  return session ? reach(withToken(again)) : response;
}

/** Client for everything behind the login. */
export const http = createClient<paths>({
  baseUrl: '',
  fetch: authenticatedFetch,
  credentials: 'same-origin',
});

/** Client for the calls that carry no access token (login, register, setup). */
export const publicHttp = anonymous;

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer, or a thrown `ApiProblem`. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw toProblem(response.status, error);
  return data as T;
}
