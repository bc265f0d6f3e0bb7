// The page's one live connection and the hooks that read it.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { sessionEnded } from '../client';
import type { CurrentValue, Edge, LiveValue, Page } from '../types';
import { LiveStream, type LiveState } from './live_stream';
import { LiveValues, type ValuesOfThing } from './live_values';

type EdgeSink = (edge: Edge) => void;

const values = new LiveValues((run) => setTimeout(run, 100));
const wanted = new Map<string, number>();
const stateListeners = new Set<() => void>();
const edgeSinks = new Set<EdgeSink>();

const stream = new LiveStream({
  value: (value) => values.put(value),
  edge: (edge) => edgeSinks.forEach((sink) => sink(edge)),
  opened: () => values.startAfresh(),
  sessionEnded,
  state: () => stateListeners.forEach((listener) => listener()),
});

function subscribeState(listener: () => void) {
  stateListeners.add(listener);
  return () => stateListeners.delete(listener);
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(subscribeState, () => stream.state);
}

export function retryLive() {
  stream.retryNow();
}

/** Keeps the stream open as long as someone is logged in, and edges in the cache up to date. */
export function useLiveStream() {
  const client = useQueryClient();
  useEffect(() => {
    const sink: EdgeSink = (edge) => {
      client.setQueryData<Edge>(['edge', edge.name], edge);
      client.setQueryData<Page<Edge>>(['edges'], (page) => withEdge(page, edge));
    };
    edgeSinks.add(sink);
    stream.follow([...wanted.keys()]);
    const online = () => stream.retryNow();
    window.addEventListener('online', online);
    return () => {
      window.removeEventListener('online', online);
      edgeSinks.delete(sink);
      stream.stop();
    };
  }, [client]);
}

export function withEdge(page: Page<Edge> | undefined, edge: Edge): Page<Edge> | undefined {
  if (!page) return page;
  const there = page.items.some((one) => one.name === edge.name);
  const items = there
    ? page.items.map((one) => (one.name === edge.name ? edge : one))
    : [...page.items, edge].sort((a, b) => a.name.localeCompare(b.name));
  return { ...page, items };
}

/** Asks the stream for these things while the component is there. */
export function useFollow(things: string[]) {
  const key = things.join(',');
  useEffect(() => {
    const mine = key === '' ? [] : key.split(',');
    mine.forEach((thing) => wanted.set(thing, (wanted.get(thing) ?? 0) + 1));
    if (stream.state.phase !== 'idle') stream.follow([...wanted.keys()]);
    return () => {
      for (const thing of mine) {
        const count = (wanted.get(thing) ?? 1) - 1;
        if (count > 0) wanted.set(thing, count);
        else wanted.delete(thing);
      }
      if (stream.state.phase !== 'idle') stream.follow([...wanted.keys()]);
    };
  }, [key]);
}

export function useLiveThing(thing: string): ValuesOfThing | undefined {
  const subscribe = useCallback((listener: () => void) => values.subscribe(thing, listener), [thing]);
  return useSyncExternalStore(subscribe, () => values.of(thing));
}

export function onLiveSample(listener: (value: LiveValue) => void): () => void {
  return values.onSample(listener);
}

/** What stands on the screen: the stream's value, or the one that came with the page. */
export function currentOf(live: ValuesOfThing | undefined, name: string, known: CurrentValue) {
  return live?.get(name) ?? known;
}
