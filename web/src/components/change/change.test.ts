import { describe, expect, it } from 'vitest';
import type { Effect, Plan, ResourceProblem } from '@/api/types';
import { jsonDiff } from './json_diff';
import { countsOf, effectRows, isApplicable, isReassuring, keyText, ordered, pathOf, placeText, seenOf } from './plan_text';
import { asVersion, offsetOf, problemsByLine } from './yaml_problems';

const problem = (line: number, file = 'a.yaml'): ResourceProblem => ({ file, line, column: 3, rule: 'x', what: 'w', hint: 'h' });
const effect = (samples: number, checked: number, property = 'flow'): Effect => ({ thing: 'p', property, rule: 'out_of_range', severity: 'bad', samples, checked, first: null, last: null, since: null, until: null, days_seen: 30 });

describe('problems of a file', () => {
  it('stand at their lines, those of the file as a whole before them, those of others nowhere', () => {
    const byLine = problemsByLine([problem(4), problem(0), problem(4), problem(2, 'b.yaml')], 'a.yaml', 10);
    expect([...byLine.keys()]).toEqual([0, 4]);
    expect(byLine.get(4)).toHaveLength(2);
  });
  it('stay inside a text that has become shorter', () => {
    expect([...problemsByLine([problem(99)], 'a.yaml', 3).keys()]).toEqual([3]);
  });
  it('are found by the cursor', () => {
    expect(offsetOf('kind: A\nname: b\n', 2, 3)).toBe(10);
    expect(offsetOf('ab\ncd', 1, 99)).toBe(2);
    expect(offsetOf('ab\ncd', 9, 1)).toBe(3);
  });
});

describe('the next version of a model', () => {
  it('replaces the version, or adds it below the name', () => {
    expect(asVersion('kind: ThingModel\nname: a\nversion: 2\nspec: {}\n', 3)).toBe('kind: ThingModel\nname: a\nversion: 3\nspec: {}\n');
    expect(asVersion('kind: ThingModel\nname: a\nspec: {}\n', 1)).toBe('kind: ThingModel\nname: a\nversion: 1\nspec: {}\n');
  });
  it('leaves a version deeper in the text alone', () => {
    expect(asVersion('version: 1\nspec:\n  version: 9\n', 2)).toBe('version: 2\nspec:\n  version: 9\n');
  });
});

const replay: Plan['replay'] = { days: 30, samples: 0, samples_max: 1, properties: 1, properties_done: 1, complete: true, since: null, commit: 1, properties_cut: [], models: [], rules_left_out: [], not_replayed: [] };
const plan = (more: Partial<Plan>): Plan => ({ revision: 1, problems: [], notes: [], changes: [], effects: [], deletes: [], unchanged: 0, replay, ...more });

describe('a plan', () => {
  it('shows first what takes away', () => {
    const changes = [{ action: 'create', kind: 'Thing', name: 'b' }, { action: 'delete', kind: 'Thing', name: 'z' }, { action: 'update', kind: 'Binding', name: 'a' }] as const;
    expect(ordered(changes).map((one) => one.name)).toEqual(['z', 'a', 'b']);
    expect(countsOf(changes)).toEqual({ create: 1, update: 1, delete: 1 });
  });
  it('puts the greatest share of marked samples first and leaves out what marks nothing', () => {
    expect(effectRows([effect(1, 100, 'a'), effect(50, 100, 'b'), effect(0, 100, 'c')]).map((one) => [one.property, one.share])).toEqual([['b', 0.5], ['a', 0.01]]);
    expect(effectRows([effect(1, 0)])[0]!.share).toBe(0);
  });
  it('is applied only when something changes and nothing is wrong', () => {
    expect(isApplicable(plan({}))).toBe(false);
    const changes: Plan['changes'] = [{ action: 'create', kind: 'Thing', name: 'a', version: null, differences: [], file: '' }];
    expect(isApplicable(plan({ changes }))).toBe(true);
    expect(isApplicable(plan({ changes, problems: [problem(1)] }))).toBe(false);
  });
  it('knows which part of the days was looked at', () => {
    const [since, until] = ['2026-02-26T00:00:00Z', '2026-02-27T00:00:00Z'];
    expect(seenOf({ since: null, until: null, days_seen: 30 })).toBe('all');
    expect(seenOf({ since, until: null, days_seen: 2.3 })).toBe('last');
    expect(seenOf({ since, until, days_seen: 1 })).toBe('some');
    expect(seenOf({ since, until: null, days_seen: 0 })).toBe('none');
  });
  it('reassures only when all was looked at', () => {
    expect(isReassuring(plan({}))).toBe(true);
    expect(isReassuring(plan({ effects: [effect(1, 10)] }))).toBe(false);
    expect(isReassuring(plan({ replay: { ...replay, complete: false } }))).toBe(false);
    expect(isReassuring(plan({ replay: { ...replay, not_replayed: [{ thing: 'p', property: null, why: 'w' }] } }))).toBe(false);
    expect(isReassuring(plan({ replay: { ...replay, models: [{ model: 'p@2', instead_of: 'p@1', through: [], things: 1 }] } }))).toBe(true);
    expect(isReassuring(plan({ replay: { ...replay, models: [{ model: 'p@2', instead_of: null, through: [], things: 0 }] } }))).toBe(false);
    expect([placeText({ thing: 'p', property: null }), placeText({ thing: 'p', property: 'flow' })]).toEqual(['p', 'p/flow']);
  });
  it('names versions of models and knows where each resource has its page', () => {
    expect(keyText({ kind: 'ThingModel', name: 'pump', version: 2 })).toBe('ThingModel pump@2');
    expect(pathOf({ kind: 'ThingModel', name: 'pump', version: 2 })).toBe('/models/pump?v=2');
    expect(pathOf({ kind: 'Site', name: 'works', version: null })).toBe('/resources/Site/works');
  });
});

describe('differences of two specs', () => {
  it('are pointers with what stood and what stands there', () => {
    expect(jsonDiff({ a: { 'b/c': 1, d: [1, 2] } }, { a: { 'b/c': 2, d: [1, 3, 4] }, e: 'x' })).toEqual([
      { path: '/a/b~1c', before: 1, after: 2 }, { path: '/a/d/1', before: 2, after: 3 }, { path: '/a/d/2', before: null, after: 4 }, { path: '/e', before: null, after: 'x' },
    ]);
  });
  it('are none for the same spec in another order', () => {
    expect(jsonDiff({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
  });
  it('take a list and an object for different things', () => {
    expect(jsonDiff({ a: [] }, { a: {} })).toHaveLength(1);
  });
});
