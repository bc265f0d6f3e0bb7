// Lists that the hub gives page after page.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { request, type Query } from './client';
import type { Page } from './types';

// A list that was unfolded is asked for page by page: less often.
const SLOWLY_MS = 60_000;

/** What is loaded of a list; there is more while `query.hasNextPage`. */
export function usePages<T>(path: string, wanted: Query, limit: number, everyMs: number) {
  const query = useInfiniteQuery({
    queryKey: ['pages', path, wanted],
    queryFn: ({ pageParam, signal }) => request<Page<T>>('GET', path, { query: { ...wanted, limit, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? Math.max(everyMs, SLOWLY_MS) : everyMs),
    placeholderData: keepPreviousData,
  });
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { query, items };
}
