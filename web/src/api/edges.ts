import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { request } from './client';
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
  start?: string;
  end?: string;
  limit?: number;
}

export function useEvents(filter: EventFilter, enabled = true) {
  return useQuery({
    queryKey: ['events', filter],
    queryFn: ({ signal }) =>
      request<Page<PlantEvent>>('GET', '/api/v1/events', {
        query: { limit: 50, ...filter }, signal,
      }),
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
    enabled,
  });
}
