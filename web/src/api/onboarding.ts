import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from './client';
import type { BrowseAnswer, BrowseRequest, Candidate, Page, Proposal, ProposalRequest, TagImport } from './types';

export function useCandidates() {
  return useQuery({
    queryKey: ['candidates'],
    queryFn: ({ signal }) => request<Page<Candidate>>('GET', '/api/v1/onboarding', { query: { limit: 200 }, signal }),
    refetchInterval: 10_000,
  });
}

export function useBrowse() {
  return useMutation({
    mutationFn: (wanted: BrowseRequest) => request<BrowseAnswer>('POST', '/api/v1/onboarding/browse', { body: wanted }),
  });
}

/** A proposal changes nothing, so it is a question; the one before stands until the next is there. */
export function useProposal(wanted: ProposalRequest | null) {
  return useQuery({
    queryKey: ['proposal', wanted],
    queryFn: ({ signal }) => request<Proposal>('POST', '/api/v1/onboarding/proposal', { body: wanted, signal }),
    enabled: wanted !== null,
    placeholderData: (old) => old,
    staleTime: Infinity,
    retry: false,
  });
}

export function useTagImport() {
  return useMutation({
    mutationFn: ({ csv, dryRun }: { csv: string; dryRun: boolean }) =>
      request<TagImport>('POST', '/api/v1/onboarding/tags', { query: { dry_run: dryRun }, text: { type: 'text/csv', content: csv } }),
  });
}
