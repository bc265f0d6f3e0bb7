// Thing Descriptions that somebody registered: those in the hub's Thing Directory that are not its own.
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { call, request } from './client';
import { asFailure } from './failure';
import type { ThingDescription } from './types';

const PATH = '/api/v1/wot/things';
const PAGE = 100;
const TYPE = 'application/td+json';

const pathOf = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

function isOwn(hub: string, id: unknown): boolean {
  return typeof id === 'string' && id.startsWith(`urn:millrace:${hub}:`);
}

async function slice(offset: number, limit: number, signal: AbortSignal) {
  const response = await call('GET', PATH, { query: { offset, limit }, signal });
  const documents = (await response.json()) as ThingDescription[];
  return { documents, more: /rel="?next"?/.test(response.headers.get('link') ?? '') };
}

/** The list is by id, so the hub's own stand together, thousands of them: the first place from `offset` on that has another. */
async function afterOwn(hub: string, offset: number, signal: AbortSignal): Promise<number> {
  const isOwnAt = async (place: number) => isOwn(hub, (await slice(place, 1, signal)).documents[0]?.id);
  let low = offset;
  let high = offset;
  for (let step = PAGE; await isOwnAt(high); step *= 2) {
    low = high + 1;
    high += step;
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await isOwnAt(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Some foreign descriptions from `offset` on, and where the next ones may stand. */
async function foreignFrom(hub: string, offset: number, signal: AbortSignal) {
  for (let place = offset; ;) {
    const { documents, more } = await slice(place, PAGE, signal);
    const items = documents.filter((one) => !isOwn(hub, one.id));
    if (!more) return { items, next: null };
    const last = documents.at(-1);
    place += PAGE;
    if (last && isOwn(hub, last.id)) place = await afterOwn(hub, place, signal);
    if (items.length > 0) return { items, next: place };
  }
}

/** Registered descriptions by id, page after page; `hub` is the name whose things are left out. */
export function useDescriptions(hub: string | undefined) {
  const query = useInfiniteQuery({
    queryKey: ['descriptions', hub],
    queryFn: ({ pageParam, signal }) => foreignFrom(hub!, pageParam, signal),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next,
    enabled: hub !== undefined,
  });
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { query, items };
}

/** The id that a text carries; null where it has none or is no JSON object, which the hub then says. */
function idIn(text: string): string | null {
  try {
    const id: unknown = (JSON.parse(text) as { id?: unknown } | null)?.id;
    return typeof id === 'string' && id !== '' ? id : null;
  } catch {
    return null;
  }
}

async function isThere(id: string): Promise<boolean> {
  try {
    await request<ThingDescription>('GET', pathOf(id));
    return true;
  } catch (error) {
    if (asFailure(error).code === 'not_found') return false;
    throw error;
  }
}

/** What is sent: the text as it is, and the id it takes the place of. */
export interface Registering {
  text: string;
  replaces: string | null;
}

/** Registers or replaces. Nothing is sent, and the id is answered, where one stands that was not to be replaced. */
export function useRegister(hub: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ text, replaces }: Registering): Promise<{ taken: string | null }> => {
      const id = replaces ?? idIn(text);
      const body = { text: { type: TYPE, content: text } };
      if (id !== null && replaces === null && !isOwn(hub, id) && (await isThere(id))) return { taken: id };
      await (id === null ? call('POST', PATH, body) : call('PUT', pathOf(id), body));
      return { taken: null };
    },
    onSuccess: ({ taken }) => { if (taken === null) void client.invalidateQueries({ queryKey: ['descriptions'] }); },
  });
}

export function useRemoveDescription() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<void>('DELETE', pathOf(id)),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['descriptions'] }),
  });
}
