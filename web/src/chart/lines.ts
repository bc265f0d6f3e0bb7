// From the hub's rows to what a chart draws. Pure; times in ms since 1970.
import type { History, LiveValue, ValueType } from '@/api/types';

/** One bucket or one raw sample; all numbers null where a gap begins. */
export interface Point {
  time: number;
  value: number | null;
  min: number | null;
  max: number | null;
}

export interface Mark {
  time: number;
  quality: 'bad' | 'uncertain';
  count: number;
}

export interface Line {
  key: string;
  thing: string;
  property: string;
  unit: string;
  type: ValueType;
  points: Point[];
  marks: Mark[];
  /** Width of a bucket; null where points are samples. */
  stepMs: number | null;
  /** Drawn as steps: a state holds until the next one. */
  stepped: boolean;
}

export function lineKey(thing: string, property: string): string {
  return `${thing}/${property}`;
}

export function isDrawable(type: ValueType): boolean {
  return type !== 'text' && type !== 'bytes';
}

function asNumber(cell: unknown): number | null {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  if (typeof cell === 'string' && cell !== '' && !Number.isNaN(Number(cell))) return Number(cell);
  return null;
}

export function lineOf(history: History): Line {
  const column = new Map(history.columns.map((name, index) => [name, index]));
  const line: Line = {
    key: lineKey(history.thing, history.property), thing: history.thing,
    property: history.property, unit: history.unit, type: history.type, points: [], marks: [],
    stepMs: history.step_ms, stepped: history.type === 'bool',
  };
  const take = history.step_ms === null ? takeSample : takeBucket;
  for (const row of history.rows) take(line, (name) => row[column.get(name) ?? -1]);
  line.points = withGaps(line.points, line.stepMs);
  return line;
}

type Cells = (name: string) => unknown;

function takeSample(line: Line, cell: Cells) {
  const time = Date.parse(String(cell('time')));
  const value = asNumber(cell('value'));
  const quality = cell('quality');
  if (quality === 'bad' || quality === 'uncertain') line.marks.push({ time, quality, count: 1 });
  const shown = quality === 'bad' ? null : value;
  line.points.push({ time, value: shown, min: shown, max: shown });
}

function takeBucket(line: Line, cell: Cells) {
  const time = Date.parse(String(cell('time')));
  const bad = asNumber(cell('bad_count')) ?? 0;
  if (bad > 0) line.marks.push({ time, quality: 'bad', count: bad });
  const [value, min, max] = [cell('avg'), cell('min'), cell('max')].map(asNumber);
  line.points.push({ time, value: value ?? null, min: min ?? null, max: max ?? null });
}

/** Longest distance between two neighbours that is still one line. */
export function gapLimit(times: number[], stepMs: number | null): number {
  if (times.length < 3) return Infinity;
  const distances = times.slice(1).map((time, i) => time - times[i]!).sort((a, b) => a - b);
  const median = distances[Math.floor(distances.length / 2)]!;
  const usual = distances[Math.floor((distances.length - 1) * 0.95)]!;
  if (stepMs !== null && median <= stepMs) return stepMs * 1.5;
  return Math.max(median * 5, Math.min(usual, median * 50) * 3);
}

/** Nothing is drawn across a gap: an empty point breaks the line where samples are missing. */
export function withGaps(points: Point[], stepMs: number | null): Point[] {
  const limit = gapLimit(points.map((point) => point.time), stepMs);
  const out: Point[] = [];
  for (const point of points) {
    const last = out.at(-1);
    if (last && point.time - last.time > limit) {
      out.push({ time: last.time + (stepMs ?? 1), value: null, min: null, max: null });
    }
    out.push(point);
  }
  return out;
}

/** The line with what the stream has brought since; the hub's rows win where both are. */
export function withTail(line: Line, tail: readonly LiveValue[]): Line {
  const last = line.points.at(-1)?.time ?? -Infinity;
  const end = line.stepMs === null ? last : last + line.stepMs;
  const newer = tail.filter((value) => value.time !== null && Date.parse(value.time) > end);
  if (newer.length === 0) return line;
  const points = [...line.points];
  const marks = [...line.marks];
  for (const sample of newer) {
    const time = Date.parse(sample.time!);
    const quality = sample.quality;
    if (quality === 'bad' || (quality === 'uncertain' && line.stepMs === null)) {
      marks.push({ time, quality, count: 1 });
    }
    const value = quality === 'bad' ? null : asNumber(sample.value);
    points.push({ time, value, min: value, max: value });
  }
  return { ...line, points, marks };
}

/** The point that stands nearest to an instant, if one is near enough to speak of. */
export function pointAt(line: Line, time: number, rangeMs: number): Point | null {
  let low = 0;
  let high = line.points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line.points[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  const around = [line.points[low - 1], line.points[low]].filter((one) => one !== undefined);
  const distance = (point: Point) => Math.abs(point.time - time);
  const best = around.sort((a, b) => distance(a) - distance(b))[0];
  if (!best || best.value === null) return null;
  return distance(best) <= Math.max(rangeMs / 50, line.stepMs ?? 0) ? best : null;
}

export function marksAt(line: Line, time: number, rangeMs: number): Mark | null {
  const near = Math.max(rangeMs / 200, line.stepMs ?? 0);
  const close = line.marks.filter((mark) => Math.abs(mark.time - time) <= near);
  return close.find((mark) => mark.quality === 'bad') ?? close[0] ?? null;
}

export interface Summary {
  min: number;
  max: number;
  average: number;
  last: number;
}

export function summaryOf(line: Line): Summary | null {
  const drawn = line.points.filter((point) => point.value !== null);
  if (drawn.length === 0) return null;
  return {
    min: Math.min(...drawn.map((point) => point.min ?? point.value!)),
    max: Math.max(...drawn.map((point) => point.max ?? point.value!)),
    average: drawn.reduce((sum, point) => sum + point.value!, 0) / drawn.length,
    last: drawn.at(-1)!.value!,
  };
}
