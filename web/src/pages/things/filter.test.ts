import { describe, expect, it } from 'vitest';
import type { Site } from '@/api/types';
import { countAt, isNarrowed, parseFilter, queryOf, tagName, toggled, writeFilter } from './filter';
import { placeRows } from './place_rows';
import { stateOf, troubledFirst } from './thing_state';

const parse = (query: string) => parseFilter(new URLSearchParams(query));
const counts = (name: string, things: number) => ({ name, title: name, things, stale_things: 0, bad_things: 0 });
const site = (name: string, more: Partial<Site> = {}): Site => ({
  ...counts(name, 3), enterprise: '', series: 1, edges: [],
  areas: [{ ...counts('water', 2), lines: [{ ...counts('line-1', 2), cells: [counts('c1', 1), counts('c2', 1)] }] }, { ...counts('', 1), lines: [] }],
  ...more,
});

describe('the filter of things', () => {
  it('keeps its state in the address, tags once for each', () => {
    const query = writeFilter(new URLSearchParams('q=x'), { site: '', show: 'attention', tags: ['a:b', 'c:d'], model: 'pump' });
    expect(query.toString()).toBe('q=x&site=&model=pump&show=attention&tag=a%3Ab&tag=c%3Ad');
    expect(parseFilter(query)).toEqual({
      site: '', area: null, line: null, cell: null, model: 'pump', tags: ['a:b', 'c:d'], words: 'x', show: 'attention',
    });
    const cleared = writeFilter(query, { site: null, words: '', show: 'all', tags: [], model: null });
    expect(cleared.toString()).toBe('');
  });
  it('keeps what else the address says', () => {
    expect(writeFilter(new URLSearchParams('tab=map'), { words: 'a' }).get('tab')).toBe('map');
  });
  it('asks the hub with the words as they were debounced', () => {
    expect(queryOf(parse('q=pump%201&show=attention&tag=a:b&site='), 'pump')).toEqual({
      site: '', area: null, line: null, cell: null, model: null, tags: ['a:b'], attention: true, q: 'pump',
    });
  });
  it('writes a tag without a value as its key', () => {
    expect(tagName({ key: 'crit', value: 'high' })).toBe('crit:high');
    expect(tagName({ key: 'rotating', value: '' })).toBe('rotating');
  });
  it('adds a tag and takes it back', () => {
    expect(toggled(['a:b'], 'c:d')).toEqual(['a:b', 'c:d']);
    expect(toggled(['a:b', 'c:d'], 'a:b')).toEqual(['c:d']);
  });
  it('knows how many things are at a place, and that words make the count unknown', () => {
    const sites = [site('riverside'), site('hillside')];
    expect(countAt(sites, parse(''))).toBe(6);
    expect(countAt(sites, parse('site=riverside&area=water&line=line-1&cell=c2'))).toBe(1);
    expect(countAt(sites, parse('site=riverside&area=steam'))).toBeNull();
    expect(isNarrowed(parse('site=riverside'))).toBe(false);
    for (const query of ['q=a', 'model=m', 'tag=a:b', 'show=attention']) expect(isNarrowed(parse(query))).toBe(true);
  });
});

describe('the asset tree', () => {
  it('stands sites under their enterprise, and cells under lines', () => {
    const rows = placeRows([site('b', { enterprise: 'zeta' }), site('a', { enterprise: 'acme' })], parse('site=a&area=water'));
    expect(rows.map((row) => row.key)).toEqual([
      '*', '/a', '/a/water', '/a/water/line-1', '/a/water/line-1/c1', '/a/water/line-1/c2', '/a/',
      '/b', '/b/water', '/b/water/line-1', '/b/water/line-1/c1', '/b/water/line-1/c2', '/b/',
    ]);
    expect(rows.filter((row) => row.enterprise).map((row) => [row.key, row.enterprise])).toEqual([['/a', 'acme'], ['/b', 'zeta']]);
    expect(rows.filter((row) => row.chosen).map((row) => row.key)).toEqual(['/a/water']);
  });
  it('opens only the way to the chosen place when there are many', () => {
    const many = Array.from({ length: 30 }, (_, i) => site(`s${String(i).padStart(2, '0')}`));
    const rows = placeRows(many, parse('site=s07'));
    expect(rows).toHaveLength(1 + 30 + 2);
    expect(rows.filter((row) => row.depth === 1).map((row) => row.place.site)).toEqual(['s07', 's07']);
  });
  it('leaves a nameless level out where it is the only one', () => {
    const plain = site('a', { areas: [{ ...counts('', 3), lines: [{ ...counts('', 3), cells: [] }] }] });
    expect(placeRows([plain], parse('')).map((row) => row.key)).toEqual(['*', '/a']);
  });
});

describe('the state of a thing', () => {
  const current = { value: 1, time: '2026-03-01T06:00:00Z', received: null, quality: 'good' as const, quality_code: 0, reasons: [], stale: false, stale_since: null };
  it('is by the stream once it speaks of all properties', () => {
    const bad = { quality: 'bad' as const, stale: false, last_sample: null, property_count: 2 };
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
