import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { request } from './client';
import type { Backup, BackupVerification, Import, NewToken, Page, StoreInfo, System, Token, TokenRequest } from './types';

export function useSystem(refetchInterval: number | false = 60_000) {
  return useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => request<System>('GET', '/api/v1/system', { signal }),
    staleTime: 2_000,
    refetchInterval,
  });
}

export function useTokens(enabled: boolean) {
  return useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) =>
      request<Page<Token>>('GET', '/api/v1/tokens', { query: { limit: 1000 }, signal }),
    enabled,
  });
}

export function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: TokenRequest) =>
      request<NewToken>('POST', '/api/v1/tokens', { body: wanted }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
  });
}

export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      request<void>('DELETE', `/api/v1/tokens/${encodeURIComponent(id)}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
  });
}

export function useBackup() {
  return useMutation({
    mutationKey: ['backup'],
    mutationFn: () => request<Backup>('POST', '/api/v1/system/backup'),
    gcTime: Infinity,
  });
}

/** Reads a backup again; what is wrong with it is an answer, not a failure. */
export function useVerifyBackup() {
  return useMutation({
    mutationFn: (name: string) => request<BackupVerification>('POST', '/api/v1/system/backup/verify', { body: { name } }),
    gcTime: Infinity,
  });
}

export function useSeal() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<StoreInfo>('POST', '/api/v1/system/seal'),
    onSuccess: () => client.invalidateQueries({ queryKey: ['system'] }),
  });
}

export function useImports() {
  return useQuery({
    queryKey: ['imports'],
    queryFn: ({ signal }) =>
      request<Page<Import>>('GET', '/api/v1/imports', { query: { limit: 100 }, signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some((one) => one.state === 'open') ? 2_000 : 30_000,
  });
}
