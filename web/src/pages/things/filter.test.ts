import { describe, expect, it } from 'vitest';
import type { Thing } from '@/api/types';
import { filterThings, parseFilter, writeFilter } from './filter';
import { stateOf, troubledFirst } from './thing_state';

function thing(id: string, more: Partial<Thing> = {}): Thing {
  return {
    id, title: id.toUpperCase(), site: 'riverside', area: 'water', line: 'line-1', model: null, edge: 'edge-1', source: 'millrace',
    quality: 'good', stale: false, last_sample: null, property_count: 1, ...more,
  };
}

const things = [thing('pump-1'), thing('pump-2', { quality: 'bad' }), thing('fan-1', { site: '', area: '', line: '', stale: true })];
const ids = (query: string) => filterThings(things, parseFilter(new URLSearchParams(query))).map((one) => one.id);

describe('the list of things', () => {
  it('needs all words, in any order and case', () => {
    expect(ids('q=PUMP')).toEqual(['pump-1', 'pump-2']);
    expect(ids('q=2 pump')).toEqual(['pump-2']);
    expect(ids('q=edge-1 fan')).toEqual(['fan-1']);
  });
  it('tells no site from any site', () => {
    expect(ids('site=')).toEqual(['fan-1']);
    expect(ids('site=riverside')).toEqual(['pump-1', 'pump-2']);
    expect(ids('')).toHaveLength(3);
  });
  it('shows what needs attention: bad, uncertain or stale', () => {
    expect(ids('show=attention')).toEqual(['pump-2', 'fan-1']);
  });
  it('keeps its state in the address', () => {
    const query = writeFilter(new URLSearchParams('q=x'), { site: '', show: 'attention' });
    expect(parseFilter(query)).toEqual({ site: '', area: null, line: null, words: 'x', show: 'attention' });
    expect(writeFilter(query, { site: null, words: '', show: 'all' }).toString()).toBe('');
  });
  it('filters ten thousand things within a frame or two', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => thing(`motor-${i}`));
    const started = performance.now();
    expect(filterThings(many, parseFilter(new URLSearchParams('q=motor 999')))).toHaveLength(19);
    expect(performance.now() - started).toBeLessThan(100);
  });
});

describe('the state of a thing', () => {
  const current = { value: 1, time: '2026-03-01T06:00:00Z', received: null, quality: 'good' as const, quality_code: 0, reasons: [], stale: false, stale_since: null };
  it('is by the stream once it speaks of all properties', () => {
    const bad = thing('pump-1', { quality: 'bad', property_count: 2 });
    const one = new Map([['flow', current]]);
    expect(stateOf(bad, one).quality).toBe('bad');
    expect(stateOf(bad, new Map([...one, ['pressure', current]]))).toEqual({ quality: 'good', stale: false, lastSample: current.time });
  });
  it('puts troubled values first and keeps the order of the rest', () => {
    const series = ['a', 'b', 'c', 'd'].map((property) => ({ property })) as never;
    const live = new Map([['c', { ...current, quality: 'bad' as const }], ['b', { ...current, quality: 'uncertain' as const }]]);
    expect(troubledFirst(series, live).map((one) => one.property)).toEqual(['c', 'b', 'a', 'd']);
  });
});
