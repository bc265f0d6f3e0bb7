// Which things the list shows, as it stands in the address: the place in the tree, the model, the
// tags, the words typed, and what needs attention. The hub does the filtering.
import type { ThingQuery } from '@/api/things';

export interface Filter {
  site: string | null;
  area: string | null;
  line: string | null;
  cell: string | null;
  model: string | null;
  tags: string[];
  words: string;
  show: 'all' | 'attention';
}

const PLACES = ['site', 'area', 'line', 'cell'] as const;

export function parseFilter(query: URLSearchParams): Filter {
  return {
    site: query.get('site'), area: query.get('area'), line: query.get('line'), cell: query.get('cell'),
    model: query.get('model'), tags: query.getAll('tag'),
    words: query.get('q') ?? '', show: query.get('show') === 'attention' ? 'attention' : 'all',
  };
}

export function writeFilter(query: URLSearchParams, change: Partial<Filter>): URLSearchParams {
  const filter = { ...parseFilter(query), ...change };
  const next = new URLSearchParams(query);
  const put = (name: string, value: string | null, keepEmpty = false) =>
    value === null || (value === '' && !keepEmpty) ? next.delete(name) : next.set(name, value);
  for (const place of PLACES) put(place, filter[place], true);
  put('model', filter.model);
  put('q', filter.words);
  put('show', filter.show === 'all' ? null : filter.show);
  next.delete('tag');
  filter.tags.forEach((tag) => next.append('tag', tag));
  return next;
}

/** Whether more than a place is asked for, so that the tree no longer knows how many there are. */
export function isNarrowed(filter: Filter): boolean {
  return filter.words.trim() !== '' || filter.model !== null || filter.tags.length > 0 || filter.show === 'attention';
}

export function queryOf(filter: Filter, words: string): ThingQuery {
  const { site, area, line, cell, model, tags } = filter;
  return { site, area, line, cell, model, tags, attention: filter.show === 'attention', q: words };
}

/** A tag as the hub takes it: a word of a model's alone has no value. */
export function tagName({ key, value }: { key: string; value: string }): string {
  return value === '' ? key : `${key}:${value}`;
}

export function toggled(tags: readonly string[], tag: string): string[] {
  return tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag];
}

interface Place {
  name: string;
  things: number;
}
interface Line extends Place { cells?: Place[] }
interface Area extends Place { lines: Line[] }
interface Site extends Place { areas: Area[] }

/** How many things are at the place chosen, by the tree; null when it does not know the place. */
export function countAt(sites: readonly Site[], filter: Filter): number | null {
  if (filter.site === null) return sites.reduce((sum, site) => sum + site.things, 0);
  const site = sites.find((one) => one.name === filter.site);
  if (!site || filter.area === null) return site?.things ?? null;
  const area = site.areas.find((one) => one.name === filter.area);
  if (!area || filter.line === null) return area?.things ?? null;
  const line = area.lines.find((one) => one.name === filter.line);
  if (!line || filter.cell === null) return line?.things ?? null;
  return line.cells?.find((one) => one.name === filter.cell)?.things ?? null;
}
