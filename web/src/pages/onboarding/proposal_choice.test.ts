import { describe, expect, it } from 'vitest';
import type { ThingModelItem } from '@/api/types';
import { decided, modelOptions, newModel, proposalRequest } from './proposal_choice';

const item = (name: string, version: number, latest = true): ThingModelItem => ({ name, version, latest, title: name, things: 0, tags: [], changed: '2026-03-01T06:00:00Z' });
const isName = (text: string) => /^[a-z0-9][a-z0-9-]*$/.test(text);
const nothing = { model: null, thing: null, place: { site: '', area: '', line: '' }, decided: {} };

describe('decisions on a proposal', () => {
  it('give a property one source', () => {
    const first = decided({}, 'a', 'flow');
    expect(decided(first, 'b', 'flow')).toEqual({ b: 'flow' });
    expect(decided(decided(first, 'b', null), 'c', null)).toEqual({ a: 'flow', b: null, c: null });
  });
  it('become the question', () => {
    expect(proposalRequest({ candidate: 'x' }, nothing, isName)).toEqual({ candidate: 'x' });
    const all = { model: 'pump@2', thing: 'pump-4', place: { site: 'works', area: 'Hall 2', line: '' }, decided: { a: 'flow', b: null } };
    expect(proposalRequest({ candidate: 'x' }, all, isName)).toEqual({
      candidate: 'x', model: 'pump@2', thing: 'pump-4', place: { site: 'works' }, matches: [{ address: 'a', property: 'flow' }, { address: 'b', property: null }],
    });
  });
  it('leave out what is no name, and a place without a site', () => {
    expect(proposalRequest({ candidate: 'x' }, { ...nothing, thing: 'Pump 4', place: { site: '', area: 'hall', line: '' } }, isName)).toEqual({ candidate: 'x' });
  });
});

describe('models to choose from', () => {
  it('have a new one named after the thing', () => {
    expect(newModel('pump-4', [])).toBe('pump@1');
    expect(newModel('pump_12', [item('pump', 3)])).toBe('pump-2@1');
    expect(newModel('7', [])).toBe('thing@1');
  });
  it('begin with the proposed one and name each once', () => {
    const proposal = { thing: 'pump-4', model: 'pump@2', files: [], matches: [], models: [{ model: 'pump@2', title: 'Pump', score: 0.9 }] };
    expect(modelOptions(proposal, [item('motor', 1), item('pump', 1, false), item('pump', 2)])).toEqual([
      { value: 'pump@2', score: 0.9, isNew: false }, { value: 'motor@1', score: null, isNew: false }, { value: 'pump-2@1', score: null, isNew: true },
    ]);
  });
});
