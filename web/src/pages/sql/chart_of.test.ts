import { expect, it } from 'vitest';
import { linesOf, spanOf } from './chart_of';

const column = (name: string, type: string) => ({ name, type });
const T = ['2026-03-01T05:00:00Z', '2026-03-01T06:00:00Z'] as const;

it('draws a line for each measure and thing, in order of time', () => {
  const lines = linesOf({
    columns: [column('hour', 'timestamp'), column('thing', 'text'), column('avg', 'f64'), column('series', 'i64')],
    rows: [[T[1], 'pump-1', 2, 7], [T[0], 'pump-1', 1, 7], [T[0], 'pump-2', null, 8]],
  });
  expect(lines.map((line) => line.name)).toEqual(['pump-1', 'pump-2']);
  expect(lines[0]!.points.map((point) => point[1])).toEqual([1, 2]);
  expect(lines[1]!.points[0]![1]).toBeNull();
  expect(spanOf(lines)).toEqual([Date.parse(T[0]), Date.parse(T[1])]);
});
it('names lines by their columns where there is no thing', () => {
  const lines = linesOf({ columns: [column('time', 'timestamp'), column('low', 'f64'), column('high', 'f64')], rows: [[T[0], 1, 2], [T[1], 3, 4]] });
  expect(lines.map((line) => line.name)).toEqual(['low', 'high']);
});
it('draws nothing without a time, without numbers, or with too many lines', () => {
  expect(linesOf({ columns: [column('thing', 'text'), column('n', 'i64')], rows: [['a', 1], ['b', 2]] })).toEqual([]);
  expect(linesOf({ columns: [column('time', 'timestamp'), column('kind', 'text')], rows: [[T[0], 'a'], [T[1], 'b']] })).toEqual([]);
  const many = Array.from({ length: 20 }, (_, i) => [T[0], `pump-${i}`, i]);
  expect(linesOf({ columns: [column('time', 'timestamp'), column('thing', 'text'), column('n', 'i64')], rows: many })).toEqual([]);
});
