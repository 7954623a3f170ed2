import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem';
import { ACCOUNTS_KEY } from './shown-account';

/** A refusal stays a refusal; only a missing or failing server is worth asking again. */
function shouldRetry(failures: number, error: Error): boolean {
  if (error instanceof ApiProblem && error.status >= 400 && error.status < 500) return false;
  return failures < 2;
}

export function createQueryClient(): QueryClient {
  // Another window selected another account, and this one has not heard of it: it asks which.
  const onError = (error: Error) => {
    if (error instanceof ApiProblem && error.code === 'ACCOUNT_SWITCHED') {
      void client.invalidateQueries({ queryKey: ACCOUNTS_KEY });
    }
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: shouldRetry, staleTime: 30_000, refetchOnWindowFocus: false },
      mutations: { retry: false },
    },
  });
  return client;
}
