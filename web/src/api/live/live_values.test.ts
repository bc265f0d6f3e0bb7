import { describe, expect, it, vi } from 'vitest';
import type { LiveValue } from '../types';
import { LiveValues, newer } from './live_values';

function value(time: string | null, number: number, more: Partial<LiveValue> = {}): LiveValue {
  return {
    thing: 'pump-1', property: 'flow', value: number, time, received: time, quality: 'good', quality_code: 0, reasons: [],
    stale: false, stale_since: null, ...more,
  };
}

function make() {
  const waiting: (() => void)[] = [];
  const values = new LiveValues((run) => waiting.push(run));
  return { values, settle: () => waiting.splice(0).forEach((run) => run()) };
}

describe('the newer of two values', () => {
  it('is the later one, whatever the digits of the second', () => {
    const early = value('2026-03-01T06:00:00Z', 1);
    const late = value('2026-03-01T06:00:00.250000Z', 2);
    expect(newer(early, late)).toBe(late);
    expect(newer(late, early)).toBe(late);
  });
  it('is what came later, where the clock of the source before was ahead', () => {
    const ahead = value('2026-03-01T08:00:00Z', 1, { received: '2026-03-01T06:00:00Z' });
    const next = value('2026-03-01T06:01:00Z', 2);
    expect(newer(ahead, next)).toBe(next);
    expect(newer(next, ahead)).toBe(next);
  });
  it('is the very same object when nothing has changed', () => {
    const old = value('2026-03-01T06:00:00Z', 1);
    expect(newer(old, value('2026-03-01T06:00:00Z', 1))).toBe(old);
  });
  it('is the new one when the same sample went stale', () => {
    const old = value('2026-03-01T06:00:00Z', 1);
    const stale = value('2026-03-01T06:00:00Z', 1, { stale: true, stale_since: '2026-03-01T06:00:30Z' });
    expect(newer(old, stale)).toBe(stale);
  });
  it('is the known one when the other has no time yet', () => {
    const old = value('2026-03-01T06:00:00Z', 1);
    expect(newer(old, value(null, 0))).toBe(old);
  });
});

describe('live values', () => {
  it('tell the readers of one thing once for many changes, and nobody else', () => {
    const { values, settle } = make();
    const pump = vi.fn();
    const other = vi.fn();
    values.subscribe('pump-1', pump);
    values.subscribe('pump-2', other);
    for (let i = 0; i < 10; i += 1) values.put(value(`2026-03-01T06:00:0${i}Z`, i));
    settle();
    expect(pump).toHaveBeenCalledTimes(1);
    expect(other).not.toHaveBeenCalled();
    expect(values.of('pump-1')?.get('flow')?.value).toBe(9);
  });
  it('give a new map when something changed, and the same one when not', () => {
    const { values } = make();
    values.put(value('2026-03-01T06:00:00Z', 1));
    const first = values.of('pump-1');
    values.put(value('2026-03-01T06:00:00Z', 1));
    expect(values.of('pump-1')).toBe(first);
    values.put(value('2026-03-01T06:00:01Z', 2));
    expect(values.of('pump-1')).not.toBe(first);
  });
  it('take an older value after a fresh start: the hub may have been restored', () => {
    const { values } = make();
    values.put(value('2026-03-01T06:00:00Z', 2));
    values.put(value('2026-03-01T05:00:00Z', 1));
    expect(values.of('pump-1')?.get('flow')?.value).toBe(2);
    values.startAfresh();
    values.put(value('2026-03-01T05:00:00Z', 1));
    expect(values.of('pump-1')?.get('flow')?.value).toBe(1);
  });
  it('give charts every sample, and stop when asked', () => {
    const { values } = make();
    const seen = vi.fn();
    const stop = values.onSample(seen);
    values.put(value('2026-03-01T06:00:00Z', 1));
    values.put(value('2026-03-01T06:00:01Z', 2));
    stop();
    values.put(value('2026-03-01T06:00:02Z', 3));
    expect(seen).toHaveBeenCalledTimes(2);
  });
});
