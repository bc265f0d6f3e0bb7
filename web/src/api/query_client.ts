import { QueryClient } from '@tanstack/react-query';
import { Failure } from './failure';

/** Calls that may succeed later are tried again, calmly; the rest fail at once and say why. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (count, error) =>
          error instanceof Failure && error.retry === 'later' && error.status !== 429 && count < 2,
        retryDelay: (attempt) => Math.min(1000 * 2 ** attempt, 8000),
        refetchOnWindowFocus: true,
        staleTime: 5_000,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}
