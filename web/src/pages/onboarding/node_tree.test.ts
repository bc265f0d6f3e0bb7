import { describe, expect, it } from 'vitest';
import type { BrowsedNode } from '@/api/types';
import { merged, nodeRows, variablesBelow } from './node_tree';
import { sparkPath } from './spark_path';

const node = (address: string, parent: string | null, variable = false): BrowsedNode =>
  ({ address, parent, name: address, title: address, variable, type: variable ? 'f64' : null, unit: '', min: null, max: null, writable: false });
const nodes = [node('line', null), node('pump', 'line'), node('pump.flow', 'pump', true), node('pump.speed', 'pump', true), node('attic', null)];
const names = (open: string[], words = '') => nodeRows(nodes, new Set(open), words).map((row) => row.node.address);

describe('the tree of a server', () => {
  it('shows children of what is open', () => {
    expect(names([])).toEqual(['line', 'attic']);
    expect(names(['line', 'pump'])).toEqual(['line', 'pump', 'pump.flow', 'pump.speed', 'attic']);
  });
  it('opens the way to what the words find', () => {
    expect(names([], 'FLOW')).toEqual(['line', 'pump', 'pump.flow']);
  });
  it('does not follow a reference back up for ever', () => {
    const looped = [node('a', 'b'), node('b', 'a'), node('top', null)];
    expect(nodeRows(looped, new Set(['a', 'b']), '').map((row) => row.node.address)).toEqual(['top']);
    expect(variablesBelow(looped, 'a')).toEqual([]);
  });
  it('takes in what is found later below its folder, once', () => {
    const more = merged(nodes, [node('attic.fan', null, true), node('pump.flow', null, true)], 'attic');
    expect(more).toHaveLength(6);
    expect(more.find((one) => one.address === 'attic.fan')!.parent).toBe('attic');
    expect(more.find((one) => one.address === 'pump.flow')!.parent).toBe('pump');
  });
  it('picks all variables below a folder', () => {
    expect(variablesBelow(nodes, 'line')).toEqual(['pump.flow', 'pump.speed']);
  });
});

describe('a sparkline', () => {
  it('fills its box, lowest at the foot', () => {
    expect(sparkPath([1, 3, 2], 20, 10)).toBe('M0 10L10 0L20 5');
  });
  it('is a line in the middle when nothing moves, and nothing without two numbers', () => {
    expect(sparkPath([5, 5], 20, 10)).toBe('M0 5L20 5');
    expect(sparkPath([5], 20, 10)).toBe('');
  });
});
