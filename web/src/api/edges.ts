import { useQuery } from '@tanstack/react-query';
import { request } from './client';
import { usePages } from './pages';
import type { Edge, Loss, Page, PlantEvent } from './types';

export function useEdges() {
  return useQuery({
    queryKey: ['edges'],
    queryFn: ({ signal }) =>
      request<Page<Edge>>('GET', '/api/v1/edges', { query: { limit: 1000 }, signal }),
    refetchInterval: 10_000,
  });
}

export function useEdge(edge: string) {
  return useQuery({
    queryKey: ['edge', edge],
    queryFn: ({ signal }) =>
      request<Edge>('GET', `/api/v1/edges/${encodeURIComponent(edge)}`, { signal }),
    refetchInterval: 10_000,
  });
}

export function useLosses(edge: string) {
  return useQuery({
    queryKey: ['losses', edge],
    queryFn: ({ signal }) =>
      request<Page<Loss>>('GET', `/api/v1/edges/${encodeURIComponent(edge)}/losses`, {
        query: { limit: 200 }, signal,
      }),
    refetchInterval: 30_000,
  });
}

export interface EventFilter {
  subject?: string;
  kind?: string;
}

export function useEvents({ subject, kind }: EventFilter) {
  return usePages<PlantEvent>('/api/v1/events', { subject, kind }, 30, 30_000);
}
