// Scores as heat strips: one strip a name, one cell a step. Good is nearly the ground; only what is
// not good is seen.
import type { QualityScore, QualityScores } from '@/api/types';

export type Measure = 'score' | 'completeness' | 'validity' | 'timeliness' | 'consistency';
export const MEASURES: readonly Measure[] = ['score', 'completeness', 'validity', 'timeliness', 'consistency'];

export interface Cell {
  time: number;
  value: number | null;
}

export interface Strip {
  key: string;
  site: string;
  thing: string | null;
  property: string | null;
  cells: Cell[];
  /** Mean of the steps that have a score. */
  mean: number | null;
  latest: QualityScore;
}

function keyOf(row: QualityScore): string {
  return [row.site, row.thing, row.property].filter((part) => part !== null).join('/');
}

/** Steps without a row are empty cells: what nobody counted is not good. */
export function stripsOf({ rows, start, end, step_ms: step }: Pick<QualityScores, 'rows' | 'start' | 'end' | 'step_ms'>, measure: Measure): Strip[] {
  const first = Date.parse(start);
  const count = Math.max(1, Math.round((Date.parse(end) - first) / step));
  const byKey = new Map<string, QualityScore[]>();
  for (const row of rows) byKey.set(keyOf(row), [...(byKey.get(keyOf(row)) ?? []), row]);
  return [...byKey].map(([key, mine]) => {
    const cells: Cell[] = Array.from({ length: count }, (_, i) => ({ time: first + i * step, value: null }));
    for (const row of mine) {
      const cell = cells[Math.floor((Date.parse(row.time) - first) / step)];
      if (cell) cell.value = row[measure];
    }
    const values = cells.flatMap((cell) => cell.value ?? []);
    const latest = mine.reduce((a, b) => (Date.parse(b.time) >= Date.parse(a.time) ? b : a));
    return {
      key, site: latest.site, thing: latest.thing, property: latest.property, cells, latest,
      mean: values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length,
    };
  }).sort((a, b) => (a.mean ?? -1) - (b.mean ?? -1) || a.key.localeCompare(b.key));
}

export type Tone = 'none' | 'good' | 'fair' | 'poor' | 'bad';

/** Four tones are all an eye keeps apart in a strip. */
export function toneOf(value: number | null): Tone {
  if (value === null) return 'none';
  if (value >= 0.99) return 'good';
  if (value >= 0.95) return 'fair';
  return value >= 0.8 ? 'poor' : 'bad';
}

/** 0.9996 is not 100 %: a share is never rounded up to all. */
export function shareText(value: number | null, locale: string): string {
  if (value === null) return '–';
  const cut = value >= 1 ? 1 : Math.min(Math.floor(value * 1000) / 1000, 0.999);
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(cut);
}
