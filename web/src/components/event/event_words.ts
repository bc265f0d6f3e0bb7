// What an event says to people: words for the kinds that hubs write, and the detail behind them.
import type { PlantEvent } from '@/api/types';

const KINDS = [
  'backfill.completed', 'backfill.started', 'binding.changed', 'binding.topics_mixed', 'command.done', 'command.failed', 'correction.made',
  'edge.assignment_refused', 'edge.batches_lost', 'edge.configured', 'edge.connected', 'edge.disconnected', 'edge.epoch_changed', 'edge.shut_out',
  'import.beyond_retention', 'import.completed', 'store.retention', 'unit.changed',
];
const REASONS = ['corrupt', 'erased', 'evicted', 'held', 'refused', 'too_large'];
const OF_THINGS = ['backfill', 'binding', 'command', 'correction', 'unit'];
const NAMES_MOST = 6;

type Kind = Pick<PlantEvent, 'kind'>;
type Body = PlantEvent['body'];

/** The part of `event.kind` that names an event; null for one that this page has no words for. */
export function kindOf({ kind }: Kind): string | null {
  return KINDS.includes(kind) ? kind.replace('.', '_') : null;
}

/** The page of what an event is about; null where there is none. */
export function pageOf({ kind, subject }: Pick<PlantEvent, 'kind' | 'subject'>): string | null {
  const noun = kind.split('.')[0]!;
  if (noun === 'edge') return `/edges/${encodeURIComponent(subject)}`;
  return OF_THINGS.includes(noun) ? `/things/${encodeURIComponent(subject)}` : null;
}

/** The part of `loss.why` for a reason that an edge gives. */
export function reasonOf(reason: unknown): string {
  return REASONS.find((one) => one === reason) ?? 'other';
}

const textOf = (value: unknown) => (['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '');
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const recordOf = (value: unknown) => (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;

function someOf(names: unknown[]): string {
  const texts = names.map(textOf).filter(Boolean);
  return texts.slice(0, NAMES_MOST).join(', ') + (texts.length > NAMES_MOST ? ' …' : '');
}

/** What the sentence of an event may name. */
export function saidOf(body: Body) {
  const value = textOf(body.value);
  return {
    binding: textOf(body.binding),
    name: textOf(body.action) || textOf(body.property),
    property: textOf(body.property),
    revision: textOf(body.revision),
    said: textOf(body.said),
    source: textOf(body.source),
    unit: textOf(body.unit),
    value: value === '' ? '' : ` = ${value}`,
  };
}

/** What else there is to know: what is affected, what is wrong and what to do, in the words of whoever said it. */
export function whyOf({ kind, body }: Pick<PlantEvent, 'kind' | 'body'>): string {
  const sentence = (text: string) => text.replace(/([^.。!?])$/, '$1.');
  const changed = listOf(body.changes).map((one) => recordOf(one).property ?? recordOf(one).action);
  const names = someOf([...changed, ...listOf(body.topics), ...listOf(body.properties)]);
  const reason = kind === 'edge.batches_lost' ? '' : textOf(body.reason);
  const words = [reason, textOf(body.why), textOf(body.detail), textOf(body.hint)].filter(Boolean).map(sentence).join(' ');
  return [names, words].filter(Boolean).join(' · ');
}

const sumOf = (parts: unknown) => listOf(parts).reduce<number>((sum, one) => sum + (Number(recordOf(one).samples) || 0), 0);

/** How many samples it is about, where that is known. */
export function samplesOf({ kind, body }: Pick<PlantEvent, 'kind' | 'body'>): number | null {
  const samples = kind === 'store.retention' ? sumOf(body.dropped) + sumOf(body.late) : body.samples;
  return typeof samples === 'number' && samples > 0 ? samples : null;
}
