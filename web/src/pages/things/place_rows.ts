// The rows of the asset tree: enterprise above its sites, then site, area, line and cell.
import type { PlaceCounts, Site } from '@/api/types';
import type { Filter } from './filter';

type Place = Pick<Filter, 'site' | 'area' | 'line' | 'cell'>;
export type PlaceLevel = 'all' | 'site' | 'area' | 'line' | 'cell';
type Counts = Pick<PlaceCounts, 'things' | 'stale_things' | 'bad_things'>;

export interface PlaceRowData {
  key: string;
  level: PlaceLevel;
  depth: number;
  name: string;
  title: string;
  counts: Counts;
  place: Place;
  chosen: boolean;
  /** Stands above this row when another enterprise begins. */
  enterprise: string | null;
}

interface Node extends PlaceCounts {
  children: Node[];
}

const EVERYWHERE: Place = { site: null, area: null, line: null, cell: null };
const LEVELS = ['site', 'area', 'line', 'cell'] as const;
// A plant with more places than this shows only those on the way to the one chosen.
const ALL_OPEN = 60;

function nodesOf(sites: readonly Site[]): Node[] {
  return sites.map((site) => ({
    ...site,
    children: site.areas.map((area) => ({
      ...area,
      children: area.lines.map((line) => ({
        ...line, children: (line.cells ?? []).map((cell) => ({ ...cell, children: [] })),
      })),
    })),
  }));
}

function sizeOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + 1 + sizeOf(node.children), 0);
}

function samePlace(a: Place, b: Place): boolean {
  return LEVELS.every((level) => a[level] === b[level]);
}

export function placeRows(sites: readonly Site[], filter: Place): PlaceRowData[] {
  const nodes = nodesOf(sites);
  const allOpen = sizeOf(nodes) <= ALL_OPEN;
  const sum = (name: keyof Counts) => sites.reduce((total, site) => total + site[name], 0);
  const rows: PlaceRowData[] = [{
    key: '*', level: 'all', depth: 0, name: '', title: '', place: EVERYWHERE, chosen: filter.site === null, enterprise: null,
    counts: { things: sum('things'), stale_things: sum('stale_things'), bad_things: sum('bad_things') },
  }];
  const walk = (list: Node[], depth: number, above: Place, key: string) => {
    const level = LEVELS[depth]!;
    // One nameless place says nothing; beside others it is "no area".
    const shown = depth === 0 ? list : list.filter((node) => node.name !== '' || list.some((one) => one.name !== ''));
    for (const node of shown) {
      const place = { ...above, [level]: node.name };
      const mine = `${key}/${node.name}`;
      rows.push({
        key: mine, level, depth, name: node.name, title: node.title, counts: node, place,
        chosen: samePlace(place, filter), enterprise: null,
      });
      const onTheWay = LEVELS.slice(0, depth + 1).every((one) => place[one] === filter[one]);
      if (depth < 3 && (allOpen || onTheWay)) walk(node.children, depth + 1, place, mine);
    }
  };
  const byEnterprise = [...nodes].sort((a, b) => Number(a.name === '') - Number(b.name === '')
    || enterpriseOf(sites, a).localeCompare(enterpriseOf(sites, b)) || a.name.localeCompare(b.name));
  let last = '';
  for (const node of byEnterprise) {
    const enterprise = enterpriseOf(sites, node);
    const at = rows.length;
    walk([node], 0, EVERYWHERE, '');
    if (enterprise !== last && enterprise !== '') rows[at]!.enterprise = enterprise;
    last = enterprise;
  }
  return rows;
}

function enterpriseOf(sites: readonly Site[], node: Node): string {
  return sites.find((site) => site.name === node.name)?.enterprise ?? '';
}
