// Who is logged in. The token lives in memory only; after a reload the hub's HttpOnly cookie speaks
// for the user, so that no script can find a stored secret.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { asFailure } from './failure';
import { request, setToken } from './client';
import type { Me, Session } from './types';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => request<Me>('GET', '/api/v1/me', { signal }),
  retry: false,
  refetchInterval: ({ state }) =>
    state.error && asFailure(state.error).code !== 'unauthenticated' ? 3_000 : false,
  staleTime: 5 * 60_000,
});

export function useMe() {
  return useQuery(meQuery);
}

export function useIsAdministrator(): boolean {
  return useMe().data?.role === 'administrator';
}

export function useLogin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (login: { user: string; password: string }) =>
      request<Session>('POST', '/api/v1/login', { body: login }),
    onSuccess: (session) => {
      setToken(session.token);
      client.setQueryData<Me>(['me'], {
        user: session.user, role: session.role, via: 'session', expires: session.expires,
      });
    },
  });
}

export function useLogout() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<void>('POST', '/api/v1/logout'),
    onSettled: () => {
      setToken(null);
      client.clear();
    },
  });
}
