import { describe, expect, it } from 'vitest';
import { kindOf, lostOf, reasonOf, revisionOf, whyOf } from './event_words';

describe('the events of an edge', () => {
  it('have words for what hubs write', () => {
    for (const kind of ['connected', 'disconnected', 'epoch_changed', 'batches_lost', 'configured', 'assignment_refused']) {
      expect(kindOf({ kind: `edge.${kind}` })).toBe(`edge_${kind}`);
    }
    expect(kindOf({ kind: 'edge.danced' })).toBeNull();
  });
  it('say why, how much and by which revision', () => {
    const refused = { kind: 'edge.assignment_refused', body: { revision: 7, why: 'there is no node', hint: 'Write ns=2;s=Name.' } };
    expect(whyOf(refused)).toBe('there is no node. Write ns=2;s=Name.');
    expect(revisionOf(refused)).toBe('7');
    expect(lostOf({ kind: 'edge.batches_lost', body: { samples: 12 } })).toBe(12);
    expect(lostOf({ kind: 'edge.batches_lost', body: { samples: 0 } })).toBeNull();
    expect(whyOf({ body: { epoch: 'x' } })).toBe('');
  });
  it('know a reason for a loss, or that it is another', () => {
    expect(reasonOf('evicted')).toBe('evicted');
    expect(reasonOf('delivered-twice')).toBe('other');
  });
});
