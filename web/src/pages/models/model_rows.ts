// One row a model, from the list of all its versions.
import type { ThingModelItem } from '@/api/types';

export interface ModelRow {
  name: string;
  title: string;
  latest: number;
  versions: number;
  things: number;
  /** Things that still use an older version. */
  behind: number;
  tags: string[];
  changed: string;
}

export function modelRows(items: readonly ThingModelItem[], words: string): ModelRow[] {
  const byName = new Map<string, ThingModelItem[]>();
  for (const item of items) byName.set(item.name, [...(byName.get(item.name) ?? []), item]);
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return [...byName.values()].map((versions) => {
    const latest = versions.reduce((best, one) => (one.version > best.version ? one : best));
    const things = versions.reduce((sum, one) => sum + one.things, 0);
    return {
      name: latest.name, title: latest.title, latest: latest.version, versions: versions.length, things,
      behind: things - latest.things, tags: latest.tags, changed: latest.changed,
    };
  }).filter((row) => wanted.every((word) => `${row.name} ${row.title} ${row.tags.join(' ')}`.toLowerCase().includes(word)))
    .sort((a, b) => a.name.localeCompare(b.name));
}
