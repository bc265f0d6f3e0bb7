import { describe, expect, it } from 'vitest';
import type { Correction } from '@/api/types';
import { parseInput, schemaOf, schemaOfProperty } from './action_input';
import { problemOf, requestOf } from './correction_draft';
import { bandsOf } from '@/chart/bands';

describe('the input of an action', () => {
  const speed = schemaOf({ type: 'integer', unit: '1/min', minimum: 0, maximum: 3000 });
  it('must be a number of the kind and within the range that the model says', () => {
    expect(parseInput(speed, '1480')).toEqual({ ok: true, value: 1480 });
    expect([parseInput(speed, '3001'), parseInput(speed, '1.5'), parseInput(speed, 'fast'), parseInput(speed, ' ')].map((one) => (one.ok ? '' : one.why)))
      .toEqual(['range', 'integer', 'number', 'empty']);
  });
  it('is absent when the action takes none, and JSON when it is an object', () => {
    expect(parseInput(schemaOf(null), '')).toEqual({ ok: true, value: undefined });
    expect(parseInput(schemaOf({}), '{"a":1}')).toEqual({ ok: true, value: { a: 1 } });
    expect(parseInput(schemaOf({}), '{a')).toEqual({ ok: false, why: 'json' });
  });
});

describe('the value of a property', () => {
  const contract = { min: 0, max: 3000, interval_ms: null, rate_max_per_s: null, flat_line_s: null, stale_s: null, filter: null, alarms: [] };
  it('is checked against type and range of the model, or the type alone without one', () => {
    expect(schemaOfProperty({ type: 'i64', unit: '1/min', contract })).toEqual({ type: 'integer', unit: '1/min', minimum: 0, maximum: 3000 });
    const free = schemaOfProperty({ type: 'f64', unit: '', contract: null });
    expect([parseInput(free, '1e300'), parseInput(free, 'NaN')].map((one) => one.ok)).toEqual([true, false]);
    expect(parseInput(schemaOfProperty({ type: 'u64', unit: '', contract: null }), '-1')).toEqual({ ok: false, why: 'range' });
    expect(parseInput(schemaOfProperty({ type: 'bool', unit: '', contract: null }), 'false')).toEqual({ ok: true, value: false });
    expect(parseInput(schemaOfProperty({ type: 'text', unit: '', contract: null }), '')).toEqual({ ok: true, value: '' });
  });
});

describe('a correction', () => {
  const draft = { property: 'flow', start: 0, end: 60_000, action: 'replace' as const, value: '41.5', method: 'constant' as const, reason: 'Cleaned' };
  it('says what is missing before it is sent', () => {
    expect(problemOf(draft, 'f64')).toBeNull();
    expect(problemOf({ ...draft, reason: '  ' }, 'f64')).toBe('reason');
    expect(problemOf({ ...draft, end: 0 }, 'f64')).toBe('range');
    expect(problemOf({ ...draft, value: 'x' }, 'f64')).toBe('value');
    expect(problemOf({ ...draft, action: 'invalidate', value: 'x' }, 'f64')).toBeNull();
    expect(problemOf({ ...draft, action: 'fill', method: 'linear', value: '' }, 'f64')).toBeNull();
    expect(problemOf({ ...draft, action: 'fill', method: 'constant', value: '' }, 'f64')).toBe('value');
  });
  it('carries only what its action needs', () => {
    expect(requestOf('pump-1', draft, 'f64')).toEqual({ thing: 'pump-1', property: 'flow', start: '1970-01-01T00:00:00.000Z', end: '1970-01-01T00:01:00.000Z', action: 'replace', value: 41.5, reason: 'Cleaned' });
    expect(requestOf('pump-1', { ...draft, action: 'fill', method: 'linear' }, 'f64')).toMatchObject({ action: 'fill', method: 'linear' });
    const line = requestOf('pump-1', { ...draft, method: 'linear' }, 'f64');
    expect(line).toMatchObject({ action: 'replace', method: 'linear' });
    expect(line).not.toHaveProperty('value');
    expect(requestOf('pump-1', { ...draft, action: 'restore' }, 'f64')).not.toHaveProperty('value');
    expect(requestOf('pump-1', { ...draft, value: 'true' }, 'bool').value).toBe(true);
  });
});

describe('bands in a chart', () => {
  const correction = (start: number, end: number) => ({ id: 1, property: 'flow', thing: 'p', start: new Date(start).toISOString(), end: new Date(end).toISOString() }) as Correction;
  it('stand where their time is and end with the picture', () => {
    const [band] = bandsOf([correction(-1000, 500)], 0, 1000, 64 + 18 + 100);
    expect(band).toMatchObject({ left: 64, width: 50 });
    expect(bandsOf([correction(2000, 3000)], 0, 1000, 182)).toEqual([]);
  });
  it('are wide enough to be seen and hit', () => {
    expect(bandsOf([correction(500, 501)], 0, 1000, 182)[0]!.width).toBe(3);
  });
});
