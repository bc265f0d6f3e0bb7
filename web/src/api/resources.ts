// What is configured: resources, their revisions, and the way from files over a plan to an apply.
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { request } from './client';
import { useMay } from './permission';
import type {
  Applied, Drift, ExportedFiles, FileText, Page, Plan, Resource, ResourceItem, ResourceKind, ResourceProblem, Revision, ThingModelItem,
} from './types';

const PAGE = 1000;
const ROWS = 200;

/** Resources of a kind whose name or title has the words, page after page. */
export function useResources(kind: ResourceKind | null, words: string) {
  const query = useInfiniteQuery({
    queryKey: ['resources', kind, words],
    queryFn: ({ pageParam, signal }) =>
      request<Page<ResourceItem>>('GET', '/api/v1/resources', { query: { kind, q: words, limit: ROWS, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { query, items };
}

/** All of a kind of which there are few, such as connections. */
export function useAllOfKind(kind: ResourceKind) {
  return useQuery({
    queryKey: ['resources', kind, 'all'],
    queryFn: ({ signal }) =>
      request<Page<ResourceItem>>('GET', '/api/v1/resources', { query: { kind, limit: PAGE }, signal }),
    staleTime: 30_000,
  });
}

function pathOf(kind: ResourceKind, name: string): string {
  return `/api/v1/resources/${kind}/${encodeURIComponent(name)}`;
}

export function useResource(kind: ResourceKind, name: string, version: number | null = null, enabled = true) {
  return useQuery({
    queryKey: ['resource', kind, name, version],
    queryFn: ({ signal }) => request<Resource>('GET', pathOf(kind, name), { query: { version }, signal }),
    enabled,
  });
}

export interface RevisionFilter {
  kind?: ResourceKind;
  name?: string;
}

export function useRevisions(filter: RevisionFilter = {}, limit = 50) {
  return useQuery({
    queryKey: ['revisions', filter, limit],
    queryFn: ({ signal }) => request<Page<Revision>>('GET', '/api/v1/revisions', { query: { ...filter, limit }, signal }),
  });
}

export function useModels(words = '') {
  return useQuery({
    queryKey: ['models', words],
    queryFn: ({ signal }) =>
      request<Page<ThingModelItem>>('GET', '/api/v1/thing-models', { query: { q: words, limit: PAGE }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
}

/** A version of a model with all that it inherits written out: the document of W3C WoT. */
export function useWholeModel(name: string, version: number | null) {
  const ref = version === null ? name : `${name}@${version}`;
  return useQuery({
    queryKey: ['models', 'whole', ref],
    queryFn: ({ signal }) => request<Record<string, unknown>>('GET', `/api/v1/thing-models/${ref}`, { query: { resolved: true }, signal }),
  });
}

/** Problems of files while they are being written, for who may configure; the old ones stand until the new are known. */
export function useValidation(files: FileText[], enabled: boolean) {
  const may = useMay('configure');
  return useQuery({
    queryKey: ['validation', files],
    queryFn: ({ signal }) =>
      request<{ problems: ResourceProblem[]; resources: number }>('POST', '/api/v1/resources/validate', { body: { files }, signal }),
    placeholderData: keepPreviousData,
    enabled: enabled && may,
    gcTime: 0,
    retry: false,
  });
}

export interface PlanRequest {
  files: FileText[];
  /** What no file has is deleted. */
  prune: boolean;
}

export function usePlan() {
  return useMutation({
    mutationFn: ({ files, prune }: PlanRequest) => request<Plan>('POST', '/api/v1/resources/plan', { body: { files, prune } }),
  });
}

export interface ApplyRequest extends PlanRequest {
  revision: number;
  reason: string;
  /** Of what a shorter retention deletes for good, as the plan showed it. */
  confirmDeletion: boolean;
}

/** Everything that shows something configured is asked anew after a change. */
function useForgetAll() {
  const client = useQueryClient();
  return () => client.invalidateQueries({
    predicate: ({ queryKey }) => !['me', 'history', 'validation', 'system'].includes(String(queryKey[0])),
  });
}

export function useApply() {
  const forget = useForgetAll();
  return useMutation({
    mutationFn: ({ files, prune, revision, reason, confirmDeletion }: ApplyRequest) => request<Applied>('POST', '/api/v1/resources/apply', {
      body: { files, prune, revision, ...(reason === '' ? {} : { reason }), ...(confirmDeletion ? { confirm_deletion: true } : {}) },
    }),
    onSuccess: () => void forget(),
  });
}

export function useDelete() {
  const forget = useForgetAll();
  return useMutation({
    mutationFn: ({ kind, name, version }: { kind: ResourceKind; name: string; version: number | null }) =>
      request<{ revision: number }>('DELETE', pathOf(kind, name), { query: { version } }),
    onSuccess: () => void forget(),
  });
}

/** All resources as files. */
export function useExportResources() {
  return useMutation({ mutationFn: () => request<ExportedFiles>('GET', '/api/v1/resources/export') });
}

export function useDrift() {
  return useMutation({
    mutationFn: (files: FileText[]) => request<Drift>('POST', '/api/v1/resources/drift', { body: { files } }),
  });
}
