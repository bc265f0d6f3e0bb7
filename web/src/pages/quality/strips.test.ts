import { describe, expect, it } from 'vitest';
import type { QualityScore } from '@/api/types';
import { shareText, stripsOf, toneOf } from './strips';

const HOUR = 3_600_000;
const at = (hour: number) => new Date(hour * HOUR).toISOString();
const row = (thing: string, hour: number, score: number | null): QualityScore => ({
  level: 'thing', site: 's', thing, property: null, time: at(hour), completeness: 1, validity: score, timeliness: 1, consistency: 1, score, samples: 1, expected: 1,
});
const range = { start: at(0), end: at(4), step_ms: HOUR };

describe('strips of scores', () => {
  it('have a cell for each step, empty where nothing was counted, and the worst stands first', () => {
    const strips = stripsOf({ ...range, rows: [row('good', 0, 1), row('good', 1, 1), row('sick', 0, 0.5), row('sick', 3, 0.7)] }, 'score');
    expect(strips.map((strip) => strip.key)).toEqual(['s/sick', 's/good']);
    expect(strips[0]!.cells.map((cell) => cell.value)).toEqual([0.5, null, null, 0.7]);
    expect(strips[0]!.mean).toBeCloseTo(0.6);
    expect(strips[0]!.latest.time).toBe(at(3));
  });
  it('put what has no score at all before everything', () => {
    expect(stripsOf({ ...range, rows: [row('a', 0, 0.2), row('b', 0, null)] }, 'score')[0]!.key).toBe('s/b');
  });
  it('leave out rows beyond the range', () => {
    expect(stripsOf({ ...range, rows: [row('a', 9, 0.2)] }, 'score')[0]!.cells.every((cell) => cell.value === null)).toBe(true);
  });
});

describe('a share', () => {
  it('is never rounded up to all of it', () => {
    expect([shareText(0.9999, 'en'), shareText(1, 'en'), shareText(0.97, 'en'), shareText(null, 'en')]).toEqual(['99.9%', '100%', '97%', '–']);
  });
  it('is calm as long as it is good', () => {
    expect([1, 0.99, 0.96, 0.8, 0.5, null].map(toneOf)).toEqual(['good', 'good', 'fair', 'poor', 'bad', 'none']);
  });
});
