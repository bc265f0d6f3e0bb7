import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { request } from './client';
import type { Page, Series, Site, Tag, Thing, ThingDetail } from './types';

const PAGE = 1000;
// A screen shows about fifteen things: the first page is small, so that it is there at once; the rest comes in large ones.
const FIRST_THINGS = 200;

/** Which things; the hub filters. */
export interface ThingQuery {
  q?: string;
  site: string | null;
  area: string | null;
  line: string | null;
  cell: string | null;
  model: string | null;
  tags: string[];
  attention: boolean;
}

export function useSites() {
  return useQuery({
    queryKey: ['sites'],
    queryFn: ({ signal }) =>
      request<Page<Site>>('GET', '/api/v1/sites', { query: { limit: PAGE }, signal }),
    refetchInterval: 10_000,
  });
}

/** The things that fit, page after page as the list is scrolled. */
export function useThings(wanted: ThingQuery) {
  const { q, model, tags, attention } = wanted;
  // An empty name is a choice too: what has no area.
  const place = (name: string | null) => ({ each: name === null ? [] : [name] });
  const query = useInfiniteQuery({
    queryKey: ['things', wanted],
    queryFn: ({ pageParam, signal }) =>
      request<Page<Thing>>('GET', '/api/v1/things', {
        query: {
          q, model, tag: { each: tags }, attention: attention || null, limit: pageParam === null ? FIRST_THINGS : PAGE, cursor: pageParam,
          site: place(wanted.site), area: place(wanted.area), line: place(wanted.line), cell: place(wanted.cell),
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // Rows on the screen follow the stream; this finds things that came or went.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? 60_000 : 10_000),
    placeholderData: keepPreviousData,
  });
  const things = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { query, things };
}

/** Free tags and how many things carry each. */
export function useTags() {
  return useQuery({
    queryKey: ['tags'],
    queryFn: ({ signal }) => request<Page<Tag>>('GET', '/api/v1/tags', { query: { limit: PAGE }, signal }),
    staleTime: 60_000,
    retry: false,
  });
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
