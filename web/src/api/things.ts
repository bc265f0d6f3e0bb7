import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { request } from './client';
import type { Page, Series, Site, Thing, ThingDetail } from './types';

const PAGE = 1000;

export function useSites() {
  return useQuery({
    queryKey: ['sites'],
    queryFn: ({ signal }) =>
      request<Page<Site>>('GET', '/api/v1/sites', { query: { limit: PAGE }, signal }),
    refetchInterval: 10_000,
  });
}

/** Every thing of the hub, page after page, so that filters answer as one types. */
export function useAllThings() {
  const query = useInfiniteQuery({
    queryKey: ['things'],
    queryFn: ({ pageParam, signal }) =>
      request<Page<Thing>>('GET', '/api/v1/things', {
        query: { limit: PAGE, cursor: pageParam }, signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 2 ? 60_000 : 10_000),
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isError } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, isError]);
  const things = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { query, things, complete: !hasNextPage };
}

export function useThing(thing: string) {
  return useQuery({
    queryKey: ['thing', thing],
    queryFn: ({ signal }) =>
      request<ThingDetail>('GET', `/api/v1/things/${encodeURIComponent(thing)}`, { signal }),
    refetchInterval: 30_000,
  });
}

/** Units and titles of the properties of a few things, for the rows on the screen. */
export function useSeriesOf(things: string[]) {
  return useQuery({
    queryKey: ['series-of', things],
    queryFn: ({ signal }) =>
      request<Page<Series>>('GET', '/api/v1/series', { query: { things, limit: PAGE }, signal }),
    enabled: things.length > 0,
    staleTime: 5 * 60_000,
    placeholderData: keepPreviousData,
  });
}

/** Series whose thing, property or title contains all the words. */
export function useSeriesSearch(words: string, limit: number) {
  return useQuery({
    queryKey: ['series-search', words, limit],
    queryFn: ({ signal }) =>
      request<Page<Series>>('GET', '/api/v1/series', { query: { q: words, limit }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function useThingSearch(words: string, limit: number) {
  return useQuery({
    queryKey: ['thing-search', words, limit],
    queryFn: ({ signal }) =>
      request<Page<Thing>>('GET', '/api/v1/things', { query: { q: words, limit }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}
