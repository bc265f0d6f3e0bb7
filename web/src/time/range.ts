// The range of a chart as it stands in the address: `range=15m` follows the clock, `start=…&end=…`
// stands still.

export interface RelativeRange {
  kind: 'live';
  spanMs: number;
}

export interface AbsoluteRange {
  kind: 'fixed';
  startMs: number;
  endMs: number;
}

export type Range = RelativeRange | AbsoluteRange;

const UNIT_MS: Record<string, number> = {
  ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000,
};
export const PRESETS = ['5m', '15m', '1h', '6h', '24h', '7d', '30d', '365d'] as const;
export const DEFAULT_RANGE: RelativeRange = { kind: 'live', spanMs: 15 * 60_000 };
const SHORTEST_MS = 1000;

export function parseDuration(text: string): number | null {
  const match = /^(\d+)(ms|s|m|h|d|w)?$/.exec(text);
  if (!match) return null;
  const ms = Number(match[1]) * UNIT_MS[match[2] ?? 's']!;
  return ms > 0 ? ms : null;
}

export function durationText(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms % UNIT_MS[unit]! === 0) return `${ms / UNIT_MS[unit]!}${unit}`;
  }
  return `${ms}ms`;
}

export function parseRange(query: URLSearchParams): Range {
  const startMs = Date.parse(query.get('start') ?? '');
  const endMs = Date.parse(query.get('end') ?? '');
  if (endMs > startMs) return { kind: 'fixed', startMs, endMs };
  const spanMs = parseDuration(query.get('range') ?? '');
  return spanMs === null ? DEFAULT_RANGE : { kind: 'live', spanMs };
}

export function writeRange(query: URLSearchParams, range: Range): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of ['range', 'start', 'end']) next.delete(name);
  if (range.kind === 'live') {
    next.set('range', durationText(range.spanMs));
  } else {
    next.set('start', new Date(range.startMs).toISOString());
    next.set('end', new Date(range.endMs).toISOString());
  }
  return next;
}

export function boundsOf(range: Range, now: number): [number, number] {
  return range.kind === 'live' ? [now - range.spanMs, now] : [range.startMs, range.endMs];
}

export function spanOfRange(range: Range): number {
  return range.kind === 'live' ? range.spanMs : range.endMs - range.startMs;
}

export function fixed(startMs: number, endMs: number): AbsoluteRange {
  const from = Math.round(Math.min(startMs, endMs));
  return { kind: 'fixed', startMs: from, endMs: Math.max(Math.round(Math.max(startMs, endMs)), from + SHORTEST_MS) };
}

/** factor 2 shows twice as much around the middle, 0.5 half of it. */
export function zoomed(range: Range, factor: number, now: number): AbsoluteRange {
  const [start, end] = boundsOf(range, now);
  const half = Math.max(((end - start) / 2) * factor, SHORTEST_MS / 2);
  const middle = (start + end) / 2;
  return fixed(middle - half, middle + half);
}

export function moved(range: Range, part: number, now: number): AbsoluteRange {
  const [start, end] = boundsOf(range, now);
  return fixed(start + (end - start) * part, end + (end - start) * part);
}

const ALIGN = ['1s', '10s', '1m', '10m', '1h', '1d'].map((text) => parseDuration(text)!);

/** A start a little earlier, the same for all requests of a while, so that buckets stay in place. */
export function alignedStart(startMs: number, spanMs: number): number {
  const align = ALIGN.find((ms) => ms >= spanMs / 100) ?? ALIGN.at(-1)!;
  return Math.floor(startMs / align) * align;
}

/** How often a live chart asks for history again; the stream draws what comes between. */
export function refreshMs(range: Range): number | false {
  if (range.kind === 'fixed') return false;
  return Math.min(60_000, Math.max(2_000, range.spanMs / 300));
}
