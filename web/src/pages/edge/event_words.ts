// What an event of an edge says to people: words for the kinds that hubs write, and the detail behind them.
import type { PlantEvent } from '@/api/types';

const KINDS = ['edge.assignment_refused', 'edge.batches_lost', 'edge.configured', 'edge.connected', 'edge.disconnected', 'edge.epoch_changed', 'edge.shut_out'];
const REASONS = ['corrupt', 'erased', 'evicted', 'held', 'refused', 'too_large'];

/** The part of `event.kind` that names an event; null for one that this page has no words for. */
export function kindOf(event: Pick<PlantEvent, 'kind'>): string | null {
  return KINDS.includes(event.kind) ? event.kind.replace('.', '_') : null;
}

/** The part of `loss.why` for a reason that an edge gives. */
export function reasonOf(reason: unknown): string {
  return REASONS.find((one) => one === reason) ?? 'other';
}

const textOf = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

export function revisionOf({ body }: Pick<PlantEvent, 'body'>): string {
  return textOf(body.revision);
}

/** What is wrong and what to do, in the words of whoever said it. */
export function whyOf({ body }: Pick<PlantEvent, 'body'>): string {
  return [textOf(body.why), textOf(body.hint)].filter(Boolean).map((one) => one.replace(/\.?$/, '.')).join(' ');
}

/** How many samples went with lost batches, where that is known. */
export function lostOf({ kind, body }: Pick<PlantEvent, 'kind' | 'body'>): number | null {
  return kind === 'edge.batches_lost' && typeof body.samples === 'number' && body.samples > 0 ? body.samples : null;
}
