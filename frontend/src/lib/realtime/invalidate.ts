import type { QueryClient, QueryKey } from '@tanstack/react-query';

const GATHER_MS = 1_000;

const waiting = new WeakMap<QueryClient, Map<string, QueryKey>>();

/**
 * Reads queries again a moment later, each once. A burst of fills would otherwise spend the rate
 * limit on the same question.
 */
export function invalidateSoon(client: QueryClient, key: QueryKey): void {
  const gathered = waiting.get(client);
  if (gathered) {
    gathered.set(JSON.stringify(key), key);
    return;
  }
  waiting.set(client, new Map([[JSON.stringify(key), key]]));
  setTimeout(() => {
    const keys = waiting.get(client)?.values() ?? [];
    waiting.delete(client);
    for (const queryKey of keys) void client.invalidateQueries({ queryKey });
  }, GATHER_MS);
}

/**
 * Reads one query again because of an event. An answer that is on its way may be older than the
 * event; `invalidateQueries` drops it only where there was an answer before, and would take a first
 * one for the news.
 */
export function askAnew(client: QueryClient, queryKey: QueryKey): void {
  const filters = { queryKey, exact: true };
  if (client.getQueryData(queryKey) !== undefined) {
    void client.invalidateQueries(filters);
    return;
  }
  void client.cancelQueries(filters).then(() => client.invalidateQueries(filters));
}
