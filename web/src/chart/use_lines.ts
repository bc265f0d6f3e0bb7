import { useEffect, useMemo, useRef, useState } from 'react';
import { useHistory, type Pick } from '@/api/history';
import { onLiveSample } from '@/api/live/live_hub';
import type { LiveValue } from '@/api/types';
import { alignedStart, boundsOf, refreshMs, spanOfRange } from '@/time/range';
import type { RangeControl } from '@/time/use_range';
import { lineKey, lineOf, withTail, type Line } from './lines';

const MAX_POINTS = 800;
const TAIL_MAX = 2000;

/** What the stream has brought for these picks while the chart is live. */
function useTails(picks: Pick[], live: boolean): { tails: Map<string, LiveValue[]>; seen: number } {
  const tails = useRef(new Map<string, LiveValue[]>());
  const [seen, setSeen] = useState(0);
  const key = picks.map((pick) => lineKey(pick.thing, pick.property)).join(' ');
  useEffect(() => {
    tails.current = new Map();
    if (!live || key === '') return;
    const wanted = new Set(key.split(' '));
    let dirty = false;
    const stop = onLiveSample((value) => {
      const mine = lineKey(value.thing, value.property);
      if (!wanted.has(mine)) return;
      const tail = tails.current.get(mine) ?? [];
      tail.push(value);
      if (tail.length > TAIL_MAX) tail.splice(0, tail.length - TAIL_MAX);
      tails.current.set(mine, tail);
      dirty = true;
    });
    const timer = setInterval(() => {
      if (dirty) setSeen((count) => count + 1);
      dirty = false;
    }, 500);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [key, live]);
  return { tails: tails.current, seen };
}

/** The lines of a chart: history of the hub, as it came or as corrected, and in live mode the stream's end of it. */
export function useLines(picks: Pick[], control: RangeControl, asCame: boolean) {
  const { range, asked, stepMs } = control;
  const live = range.kind === 'live';
  const [start, end] = boundsOf(range, asked);
  const from = alignedStart(start, spanOfRange(range));
  const names = picks.map((pick) => lineKey(pick.thing, pick.property)).join(' ');
  const key = `${names} ${live ? range.spanMs : 'fixed'} ${stepMs ?? 'auto'}${asCame ? ' as it came' : ''}`;
  const query = useHistory(key, {
    picks, stepMs, asCame, maxPoints: MAX_POINTS,
    start: new Date(from).toISOString(), end: new Date(end).toISOString(),
  }, refreshMs(range));
  const { tails, seen } = useTails(picks, live);

  const known = useMemo(() => (query.data?.items ?? []).map(lineOf), [query.data]);
  const lines = useMemo((): Line[] => {
    const wanted = new Set(names.split(' '));
    const mine = known.filter((line) => wanted.has(line.key));
    return live ? mine.map((line) => withTail(line, tails.get(line.key) ?? [])) : mine;
    // `seen` says that the tails have grown.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [known, names, live, tails, seen]);
  return { query, lines };
}
