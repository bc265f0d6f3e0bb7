// Who may log in to the hub's own broker.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { request } from './client';
import type { Account, AccountRequest, NewAccount, Page } from './types';

const PATH = '/api/v1/accounts';

export function useAccounts() {
  return useQuery({
    queryKey: ['accounts'],
    queryFn: async ({ signal }) => {
      const items: Account[] = [];
      for (let cursor: string | null = null; ;) {
        const page: Page<Account> = await request('GET', PATH, { query: { limit: 1000, cursor }, signal });
        items.push(...page.items);
        cursor = page.next;
        if (cursor === null) return items;
      }
    },
    refetchInterval: 10_000,
  });
}

/** The list is asked anew after each change; what is kept of an answer with a password ends with its dialog. */
function useForget() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['accounts'] });
}

export function useCreateAccount() {
  const forget = useForget();
  return useMutation({
    mutationFn: (wanted: AccountRequest) => request<NewAccount>('POST', PATH, { body: wanted }),
    onSuccess: () => void forget(),
    gcTime: 0,
  });
}

export function useRenewAccount() {
  const forget = useForget();
  return useMutation({
    mutationFn: (name: string) => request<NewAccount>('POST', `${PATH}/${encodeURIComponent(name)}/password`),
    onSuccess: () => void forget(),
    gcTime: 0,
  });
}

export function useRemoveAccount() {
  const forget = useForget();
  return useMutation({
    mutationFn: (name: string) => request<void>('DELETE', `${PATH}/${encodeURIComponent(name)}`),
    onSuccess: () => void forget(),
  });
}
