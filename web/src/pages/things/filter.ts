// Which things the list shows: the place in the tree, the words typed, and what needs attention.
import type { Thing } from '@/api/types';

export interface Filter {
  site: string | null;
  area: string | null;
  line: string | null;
  words: string;
  show: 'all' | 'attention';
}

export function parseFilter(query: URLSearchParams): Filter {
  return {
    site: query.get('site'), area: query.get('area'), line: query.get('line'),
    words: query.get('q') ?? '', show: query.get('show') === 'attention' ? 'attention' : 'all',
  };
}

export function writeFilter(query: URLSearchParams, change: Partial<Filter>): URLSearchParams {
  const filter = { ...parseFilter(query), ...change };
  const next = new URLSearchParams(query);
  const put = (name: string, value: string | null, keepEmpty = false) =>
    value === null || (value === '' && !keepEmpty) ? next.delete(name) : next.set(name, value);
  put('site', filter.site, true);
  put('area', filter.area, true);
  put('line', filter.line, true);
  put('q', filter.words);
  put('show', filter.show === 'all' ? null : filter.show);
  return next;
}

export function needsAttention(thing: Thing): boolean {
  return thing.stale || thing.quality !== 'good';
}

export function filterThings(things: readonly Thing[], filter: Filter): Thing[] {
  const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
  return things.filter((thing) => {
    if (filter.site !== null && thing.site !== filter.site) return false;
    if (filter.area !== null && thing.area !== filter.area) return false;
    if (filter.line !== null && thing.line !== filter.line) return false;
    if (filter.show === 'attention' && !needsAttention(thing)) return false;
    if (words.length === 0) return true;
    const text = `${thing.id} ${thing.title} ${thing.edge ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
