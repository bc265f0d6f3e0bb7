// Current values as the stream tells them, and who wants to hear of which thing.
import type { CurrentValue, LiveValue } from '../types';

export type Listener = () => void;
export type ValuesOfThing = ReadonlyMap<string, CurrentValue>;

// Milliseconds decide: as text, "…00Z" would come after "…00.25Z".
function isBefore(time: string | null, than: string | null): boolean {
  if (than === null) return false;
  return time === null || Date.parse(time) < Date.parse(than);
}

// By when the hub had it: the clock of a source may have been ahead.
function isOlder(one: CurrentValue, than: CurrentValue): boolean {
  if (one.received === than.received) return isBefore(one.time, than.time);
  return isBefore(one.received, than.received);
}

/** The newer of two values of one property; the very same object when nothing has changed. */
export function newer(old: CurrentValue | undefined, next: CurrentValue): CurrentValue {
  if (!old) return next;
  if (isOlder(next, old)) return old;
  const same =
    old.time === next.time && old.value === next.value && old.stale === next.stale &&
    old.quality_code === next.quality_code && old.stale_since === next.stale_since;
  return same ? old : next;
}

/** Values by thing; readers of one thing are not told of the others. Changes come in gulps. */
export class LiveValues {
  private readonly things = new Map<string, Map<string, CurrentValue>>();
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly sampleListeners = new Set<(value: LiveValue) => void>();
  private changed = new Set<string>();
  private scheduled = false;
  private pendingReset = false;
  private readonly fresh = new Set<string>();

  constructor(private readonly schedule: (run: Listener) => void) {}

  /** A hub that was restored may know less than we do: a fresh stream starts from nothing. */
  startAfresh() {
    this.pendingReset = true;
  }

  put(value: LiveValue) {
    if (this.pendingReset) {
      this.pendingReset = false;
      this.fresh.clear();
    }
    const key = `${value.thing}/${value.property}`;
    const values = this.things.get(value.thing) ?? new Map<string, CurrentValue>();
    const old = this.fresh.has(key) ? values.get(value.property) : undefined;
    this.fresh.add(key);
    const next = newer(old, value);
    if (next === old) return;
    const copy = new Map(values).set(value.property, next);
    this.things.set(value.thing, copy);
    this.changed.add(value.thing);
    this.sampleListeners.forEach((listener) => listener(value));
    this.tellSoon();
  }

  of(thing: string): ValuesOfThing | undefined {
    return this.things.get(thing);
  }

  subscribe(thing: string, listener: Listener): Listener {
    const set = this.listeners.get(thing) ?? new Set<Listener>();
    this.listeners.set(thing, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.listeners.get(thing) === set) this.listeners.delete(thing);
    };
  }

  /** Every value as it comes, for charts that draw the moving end. */
  onSample(listener: (value: LiveValue) => void): Listener {
    this.sampleListeners.add(listener);
    return () => this.sampleListeners.delete(listener);
  }

  private tellSoon() {
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => {
      this.scheduled = false;
      const changed = this.changed;
      this.changed = new Set();
      changed.forEach((thing) => this.listeners.get(thing)?.forEach((listener) => listener()));
    });
  }
}
