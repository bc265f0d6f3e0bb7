import { expect, it } from 'vitest';
import type { ThingModelItem } from '@/api/types';
import { modelRows } from './model_rows';

const item = (name: string, version: number, things: number, latest = false): ThingModelItem =>
  ({ name, version, title: name.toUpperCase(), things, latest, tags: ['rotating'], changed: `2026-03-0${version}T00:00:00Z` });

it('counts things over all versions of a model, and those that are behind the latest', () => {
  const [motor, pump] = modelRows([item('pump', 2, 3, true), item('pump', 1, 1), item('motor', 1, 0, true)], '');
  expect(pump).toMatchObject({ name: 'pump', latest: 2, versions: 2, things: 4, behind: 1, changed: '2026-03-02T00:00:00Z' });
  expect(motor).toMatchObject({ name: 'motor', things: 0, behind: 0 });
});
it('finds models by name, title and tag', () => {
  const items = [item('pump', 1, 0), item('motor', 1, 0)];
  expect(modelRows(items, 'ROT mot').map((row) => row.name)).toEqual(['motor']);
  expect(modelRows(items, 'valve')).toEqual([]);
});
