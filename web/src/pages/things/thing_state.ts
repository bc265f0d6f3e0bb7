import type { ValuesOfThing } from '@/api/live/live_values';
import type { Quality, Series, Thing } from '@/api/types';

export interface ThingState {
  quality: Quality;
  stale: boolean;
  lastSample: string | null;
}

const BADNESS: Record<Quality, number> = { good: 0, uncertain: 1, bad: 2 };

/** What the list says of a thing: by the stream where it speaks of all its properties. */
export function stateOf(
  thing: Pick<Thing, 'quality' | 'stale' | 'last_sample'> & { property_count: number },
  live: ValuesOfThing | undefined,
): ThingState {
  const known = { quality: thing.quality, stale: thing.stale, lastSample: thing.last_sample };
  if (!live || live.size < thing.property_count) return known;
  let { lastSample } = known;
  let quality: Quality = 'good';
  let stale = false;
  for (const value of live.values()) {
    if (BADNESS[value.quality] > BADNESS[quality]) quality = value.quality;
    stale ||= value.stale;
    const isLater = value.time !== null && (lastSample === null || Date.parse(value.time) > Date.parse(lastSample));
    if (isLater) lastSample = value.time;
  }
  return { quality, stale, lastSample };
}

/** Values that are not good stand first, so that what broke is in sight; the rest keep their order. */
export function troubledFirst(series: readonly Series[] = [], live: ValuesOfThing | undefined): Series[] {
  const badness = (one: Series) => BADNESS[live?.get(one.property)?.quality ?? 'good'];
  return [...series].sort((a, b) => badness(b) - badness(a));
}
