import { describe, expect, it } from 'vitest';
import type { History, LiveValue } from '@/api/types';
import { gapLimit, lineOf, marksAt, pointAt, summaryOf, withTail } from './lines';

const T0 = Date.parse('2026-03-01T06:00:00Z');
const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();

function history(more: Partial<History>): History {
  return {
    thing: 'pump-1', property: 'flow', unit: 'm3/h', type: 'f64', series: 17, start: at(0), end: at(600), step_ms: 5000, commit: 1,
    columns: ['time', 'avg', 'min', 'max', 'bad_count'], rows: [], next: null, ...more,
  };
}

function sample(seconds: number, value: number, more: Partial<LiveValue> = {}): LiveValue {
  return {
    thing: 'pump-1', property: 'flow', value, time: at(seconds), received: at(seconds), quality: 'good', quality_code: 0, reasons: [],
    stale: false, stale_since: null, ...more,
  };
}

describe('a line of buckets', () => {
  it('breaks where a bucket is missing', () => {
    const line = lineOf(history({ rows: [0, 5, 10, 30, 35].map((s) => [at(s), 40, 39, 41, 0]) }));
    expect(line.points.map((point) => point.value)).toEqual([40, 40, 40, null, 40, 40]);
    expect(line.points[3]!.time).toBe(T0 + 15_000);
  });
  it('breaks at a bucket that holds only bad samples, and marks it', () => {
    const line = lineOf(history({ rows: [[at(0), 40, 39, 41, 0], [at(5), null, null, null, 7], [at(10), 40, 39, 41, 2]] }));
    expect(line.points[1]!.value).toBeNull();
    expect(line.marks).toEqual([
      { time: T0 + 5000, quality: 'bad', count: 7 }, { time: T0 + 10_000, quality: 'bad', count: 2 },
    ]);
  });
  it('reads columns by their name, not their place', () => {
    const line = lineOf(history({ columns: ['time', 'max', 'avg', 'min'], rows: [[at(0), 3, 2, 1]] }));
    expect(line.points[0]).toMatchObject({ value: 2, min: 1, max: 3 });
  });
});

describe('a line of samples', () => {
  it('does not draw bad ones but marks them', () => {
    const rows = [[at(0), 40, 'good'], [at(1), 999, 'bad'], [at(2), 41, 'uncertain']];
    const line = lineOf(history({ step_ms: null, columns: ['time', 'value', 'quality'], rows }));
    expect(line.points.map((point) => point.value)).toEqual([40, null, 41]);
    expect(line.marks.map((mark) => mark.quality)).toEqual(['bad', 'uncertain']);
  });
  it('draws states and 64-bit integers', () => {
    const states = lineOf(history({ type: 'bool', step_ms: null, columns: ['time', 'value', 'quality'], rows: [[at(0), true, 'good'], [at(1), false, 'good']] }));
    expect(states.points.map((point) => point.value)).toEqual([1, 0]);
    expect(states.stepped).toBe(true);
    const counter = lineOf(history({ type: 'u64', step_ms: null, columns: ['time', 'value', 'quality'], rows: [[at(0), '9007199254740993', 'good']] }));
    expect(counter.points[0]!.value).toBeCloseTo(9007199254740993, -2);
  });
  it('takes a pause for a gap only when it is long for this line', () => {
    const regular = Array.from({ length: 100 }, (_, i) => i * 1000);
    expect(gapLimit(regular, null)).toBe(5000);
    const onChange = [0, 1, 60, 62, 200, 201, 400, 500].map((s) => s * 1000);
    expect(gapLimit(onChange, null)).toBeGreaterThan(199_000);
    expect(gapLimit([0, 1], null)).toBe(Infinity);
  });
});

describe('the moving end of a line', () => {
  const line = lineOf(history({ rows: [0, 5, 10].map((s) => [at(s), 40, 39, 41, 0]) }));
  it('is what the stream brought after the last bucket, and nothing before', () => {
    const moved = withTail(line, [sample(12, 1), sample(14.9, 2), sample(16, 42), sample(17, 43)]);
    expect(moved.points.slice(3).map((point) => point.value)).toEqual([42, 43]);
  });
  it('marks bad ones and leaves them out', () => {
    const moved = withTail(line, [sample(16, 999, { quality: 'bad' })]);
    expect(moved.points.at(-1)!.value).toBeNull();
    expect(moved.marks).toHaveLength(1);
  });
  it('is the very same line when nothing came', () => {
    expect(withTail(line, [sample(1, 1)])).toBe(line);
  });
});

describe('what stands at the cursor', () => {
  const line = lineOf(history({ rows: [0, 5, 10, 300].map((s) => [at(s), 40 + s, 39, 41, s === 5 ? 3 : 0]) }));
  it('is the nearest point when one is near enough', () => {
    expect(pointAt(line, T0 + 6_900, 600_000)?.value).toBe(45);
    expect(pointAt(line, T0 + 150_000, 600_000)).toBeNull();
  });
  it('tells of bad samples there', () => {
    expect(marksAt(line, T0 + 5_100, 600_000)?.count).toBe(3);
    expect(marksAt(line, T0 + 200_000, 600_000)).toBeNull();
  });
  it('sums up for those who cannot see the chart', () => {
    expect(summaryOf(line)).toEqual({ min: 39, max: 41, average: 40 + 315 / 4, last: 340 });
    expect(summaryOf({ ...line, points: [] })).toBeNull();
  });
});
