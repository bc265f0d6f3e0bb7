import { describe, expect, it } from 'vitest';
import { kindOf, pageOf, reasonOf, samplesOf, saidOf, whyOf } from './event_words';

describe('the events of an edge', () => {
  it('have words for what hubs write', () => {
    for (const kind of ['connected', 'disconnected', 'epoch_changed', 'batches_lost', 'configured', 'assignment_refused', 'shut_out']) {
      expect(kindOf({ kind: `edge.${kind}` })).toBe(`edge_${kind}`);
    }
    expect(kindOf({ kind: 'edge.danced' })).toBeNull();
  });
  it('say why, how much and by which revision', () => {
    const refused = { kind: 'edge.assignment_refused', body: { revision: 7, why: 'there is no node', hint: 'Write ns=2;s=Name.' } };
    expect(whyOf(refused)).toBe('there is no node. Write ns=2;s=Name.');
    expect(saidOf(refused.body).revision).toBe('7');
    expect(samplesOf({ kind: 'edge.batches_lost', body: { samples: 12 } })).toBe(12);
    expect(samplesOf({ kind: 'edge.batches_lost', body: { samples: 0 } })).toBeNull();
    expect(whyOf({ kind: 'edge.connected', body: { epoch: 'x' } })).toBe('');
  });
  it('know a reason for a loss, or that it is another', () => {
    expect(reasonOf('evicted')).toBe('evicted');
    expect(reasonOf('delivered-twice')).toBe('other');
    expect(whyOf({ kind: 'edge.batches_lost', body: { reason: 'evicted' } })).toBe('');
  });
});

describe('the events of things and of the hub', () => {
  it('name what changed, for which reason, and what to do', () => {
    const changed = { revision: 41, reason: 'new gateway', changes: [{ property: 'flow', before: null, after: {} }, { action: 'reset', before: {}, after: null }] };
    expect(whyOf({ kind: 'binding.changed', body: changed })).toBe('flow, reset · new gateway.');
    const mixed = { binding: 'b', topics: ['a/1', 'a/2'], properties: ['flow'], hint: 'Write a binding for each topic.' };
    expect(whyOf({ kind: 'binding.topics_mixed', body: mixed })).toBe('a/1, a/2, flow · Write a binding for each topic.');
    expect(whyOf({ kind: 'command.failed', body: { action: 'reset', error: 'timeout', detail: 'the edge did not answer' } })).toBe('the edge did not answer.');
    expect(saidOf({ property: 'setpoint', value: 3 })).toMatchObject({ name: 'setpoint', value: ' = 3' });
    expect(saidOf({ action: 'reset' })).toMatchObject({ name: 'reset', value: '' });
  });
  it('do not name all of a hundred properties', () => {
    const changes = Array.from({ length: 100 }, (_, i) => ({ property: `p${i}` }));
    expect(whyOf({ kind: 'binding.changed', body: { reason: '', changes } })).toBe('p0, p1, p2, p3, p4, p5 …');
  });
  it('count what retention took, on time and late', () => {
    expect(samplesOf({ kind: 'store.retention', body: { dropped: [{ samples: 10 }, { samples: 5 }] } })).toBe(15);
    expect(samplesOf({ kind: 'store.retention', body: { late: [{ samples: 3 }] } })).toBe(3);
  });
  it('lead to the page of what they are about, where there is one', () => {
    expect(pageOf({ kind: 'unit.changed', subject: 'pump-1' })).toBe('/things/pump-1');
    expect(pageOf({ kind: 'edge.connected', subject: 'edge-1' })).toBe('/edges/edge-1');
    expect(pageOf({ kind: 'store.retention', subject: 'store' })).toBeNull();
    expect(pageOf({ kind: 'import.completed', subject: '9f86' })).toBeNull();
  });
});
