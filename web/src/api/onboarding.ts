import { useMutation, useQuery } from '@tanstack/react-query';
import { request } from './client';
import { usePages } from './pages';
import type { BrowseAnswer, BrowseRequest, Candidate, Proposal, ProposalRequest, Resource, TagImport } from './types';

/** Those in whose names all the words occur. */
export function useCandidates(words: string) {
  return usePages<Candidate>('/api/v1/onboarding', { q: words }, 200, 10_000);
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

const BASES_DEEP = 6;

/** Names of a model's properties with those that it extends or is made of. */
async function propertyNames(ref: string, signal: AbortSignal, deep = 0): Promise<string[]> {
  const [name = '', version] = ref.split('@');
  if (deep > BASES_DEEP || name === '') return [];
  const { spec } = await request<Resource>('GET', `/api/v1/resources/ThingModel/${encodeURIComponent(name)}`, { query: { version }, signal });
  const links = Array.isArray(spec.links) ? spec.links as { rel?: string; href?: string; instanceName?: string }[] : [];
  const below = await Promise.all(links.map(async ({ rel, href, instanceName }) => {
    if (!href || (rel !== 'tm:extends' && rel !== 'tm:submodel')) return [];
    const names = await propertyNames(href, signal, deep + 1);
    return rel === 'tm:submodel' && instanceName ? names.map((one) => `${instanceName}.${one}`) : names;
  }));
  return [...new Set([...Object.keys((spec.properties ?? {}) as object), ...below.flat()])].sort();
}

export function usePropertyNames(ref: string, enabled: boolean) {
  return useQuery({ queryKey: ['property-names', ref], queryFn: ({ signal }) => propertyNames(ref, signal), enabled, staleTime: Infinity, retry: false });
}

/** The bytes go as they are: a table that is not UTF-8 is the hub's to refuse, not ours to mend. */
export function useTagImport() {
  return useMutation({
    mutationFn: ({ csv, dryRun }: { csv: Blob; dryRun: boolean }) =>
      request<TagImport>('POST', '/api/v1/onboarding/tags', { query: { dry_run: dryRun }, text: { type: 'text/csv', content: csv } }),
  });
}
