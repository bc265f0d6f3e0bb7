// A result that has a time and numbers, as lines.
import type { SqlAnswer } from '@/api/types';
import { isNumeric } from './sql_text';

export interface ResultLine {
  name: string;
  points: [number, number | null][];
}

export const LINES_MAX = 8;
const NO_MEASURES = new Set(['series', 'quality_code', 'correction', 'commit', 'id']);

/** The lines of a result, by time; none when it has no time, no numbers, or too many groups to tell apart. */
export function linesOf({ columns, rows }: Pick<SqlAnswer, 'columns' | 'rows'>): ResultLine[] {
  const time = columns.findIndex((one) => one.type === 'timestamp');
  const measures = columns.flatMap((one, i) => (isNumeric(one.type) && !NO_MEASURES.has(one.name) ? [i] : []));
  if (time < 0 || measures.length === 0 || rows.length < 2) return [];
  const named = columns.flatMap((one, i) => (one.type === 'text' && (one.name === 'thing' || one.name === 'property') ? [i] : []));
  const lines = new Map<string, ResultLine>();
  for (const row of rows) {
    const at = Date.parse(String(row[time]));
    if (Number.isNaN(at)) continue;
    for (const i of measures) {
      const parts = named.map((place) => String(row[place] ?? ''));
      if (measures.length > 1 || parts.length === 0) parts.push(columns[i]!.name);
      const name = parts.join(' ');
      const line = lines.get(name) ?? { name, points: [] };
      lines.set(name, line);
      if (lines.size > LINES_MAX) return [];
      line.points.push([at, typeof row[i] === 'number' ? row[i] : null]);
    }
  }
  const all = [...lines.values()];
  for (const line of all) line.points.sort((a, b) => a[0] - b[0]);
  return all;
}

/** From the first moment to the last. */
export function spanOf(lines: readonly ResultLine[]): [number, number] {
  const times = lines.flatMap((line) => [line.points[0]![0], line.points.at(-1)![0]]);
  const first = Math.min(...times);
  return [first, Math.max(...times, first + 1)];
}
