import { describe, expect, it } from 'vitest';
import { DEFAULT_RANGE, alignedStart, boundsOf, durationText, fixed, moved, parseDuration, parseRange, refreshMs, writeRange, zoomed } from './range';

const NOW = Date.parse('2026-03-01T06:00:00Z');
const parse = (text: string) => parseRange(new URLSearchParams(text));

describe('the range in the address', () => {
  it('follows the clock when it is a span', () => {
    expect(parse('range=1h')).toEqual({ kind: 'live', spanMs: 3_600_000 });
    expect(boundsOf(parse('range=1h'), NOW)).toEqual([NOW - 3_600_000, NOW]);
  });
  it('stands still when it has a beginning and an end', () => {
    const range = parse('start=2026-03-01T05:00:00Z&end=2026-03-01T05:30:00Z&range=1h');
    expect(range).toEqual({ kind: 'fixed', startMs: NOW - 3_600_000, endMs: NOW - 1_800_000 });
  });
  it('is the default for nonsense', () => {
    for (const text of ['', 'range=0s', 'range=soon', 'start=x&end=y', 'start=2026-03-02&end=2026-03-01']) {
      expect(parse(text)).toEqual(DEFAULT_RANGE);
    }
  });
  it('comes back as it was written, and leaves the rest of the address alone', () => {
    for (const range of [parse('range=6h'), fixed(NOW - 1234, NOW)]) {
      const written = writeRange(new URLSearchParams('p=flow&range=5m'), range);
      expect(written.get('p')).toBe('flow');
      expect(parseRange(written)).toEqual(range);
    }
  });
});

describe('durations', () => {
  it('are read and written with their unit', () => {
    expect(parseDuration('15m')).toBe(900_000);
    expect(parseDuration('90')).toBe(90_000);
    expect(parseDuration('-5m')).toBeNull();
    expect(durationText(900_000)).toBe('15m');
    expect(durationText(365 * 86_400_000)).toBe('365d');
    expect(durationText(1500)).toBe('1500ms');
  });
});

describe('zooming and moving', () => {
  it('leaves live and keeps the middle', () => {
    const range = zoomed(parse('range=1h'), 0.5, NOW);
    expect(range).toEqual(fixed(NOW - 2_700_000, NOW - 900_000));
  });
  it('never shows less than a second', () => {
    expect(fixed(NOW, NOW).endMs - NOW).toBe(1000);
    const range = zoomed(fixed(NOW, NOW + 1000), 0.01, NOW);
    expect(range.endMs - range.startMs).toBe(1000);
  });
  it('goes backwards by a part of what is shown', () => {
    expect(moved(parse('range=1h'), -0.5, NOW)).toEqual(fixed(NOW - 5_400_000, NOW - 1_800_000));
  });
  it('takes what was dragged from right to left', () => {
    expect(fixed(NOW, NOW - 5000)).toEqual(fixed(NOW - 5000, NOW));
  });
});

describe('a live chart', () => {
  it('asks from a start that stays for a while, so that buckets do not dance', () => {
    const span = 15 * 60_000;
    const first = alignedStart(NOW - span, span);
    expect(alignedStart(NOW - span + 9_999, span)).toBe(first);
    expect(first).toBeLessThanOrEqual(NOW - span);
    expect(first % 10_000).toBe(0);
  });
  it('asks often for minutes and seldom for months; a still one not at all', () => {
    expect(refreshMs(parse('range=5m'))).toBe(2_000);
    expect(refreshMs(parse('range=30d'))).toBe(60_000);
    expect(refreshMs(fixed(0, 1))).toBe(false);
  });
});
