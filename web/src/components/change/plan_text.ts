// The plan in words and numbers: pure, so that it can be tested.
import type { Change, Effect, Json, Plan, ResourceKey } from '@/api/types';

export function keyText(key: Pick<ResourceKey, 'kind' | 'name' | 'version'>): string {
  return key.version === null ? `${key.kind} ${key.name}` : `${key.kind} ${key.name}@${key.version}`;
}

/** Where the page of a resource is. */
export function pathOf(key: Pick<ResourceKey, 'kind' | 'name' | 'version'>): string {
  if (key.kind === 'ThingModel') return `/models/${key.name}${key.version === null ? '' : `?v=${key.version}`}`;
  return `/resources/${key.kind}/${key.name}`;
}

export interface PlanCounts {
  create: number;
  update: number;
  delete: number;
}

export function countsOf(changes: readonly Pick<Change, 'action'>[]): PlanCounts {
  const counts: PlanCounts = { create: 0, update: 0, delete: 0 };
  for (const change of changes) counts[change.action] += 1;
  return counts;
}

/** What takes something away stands first, then what changes, then what is new. */
const ORDER = { delete: 0, update: 1, create: 2 } as const;
export function ordered<T extends Pick<Change, 'action' | 'kind' | 'name'>>(changes: readonly T[]): T[] {
  return [...changes].sort((a, b) => ORDER[a.action] - ORDER[b.action] || a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name));
}

export function cellText(value: Json): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export interface EffectRow extends Effect {
  share: number;
}

/** The greatest share first: that is what one must look at before applying. */
export function effectRows(effects: readonly Effect[]): EffectRow[] {
  return effects
    .filter((effect) => effect.samples > 0)
    .map((effect) => ({ ...effect, share: effect.checked > 0 ? effect.samples / effect.checked : 0 }))
    .sort((a, b) => b.share - a.share || b.samples - a.samples);
}

/** A thing, or a property of one. */
export function placeText({ thing, property }: { thing: string; property: string | null }): string {
  return property === null ? thing : `${thing}/${property}`;
}

/** How much of the days was looked at: all of it, the newest part, another part or nothing. */
export function seenOf({ since, until, days_seen }: Pick<Effect, 'since' | 'until' | 'days_seen'>): 'all' | 'last' | 'some' | 'none' {
  if (since === null && until === null) return 'all';
  if (days_seen <= 0) return 'none';
  return until === null ? 'last' : 'some';
}

/** All was looked at, and nothing of it would have been marked. */
export function isReassuring({ effects, replay }: Pick<Plan, 'effects' | 'replay'>): boolean {
  const isTried = replay.models.every((one) => one.instead_of !== null);
  return isTried && replay.complete && replay.not_replayed.length === 0 && effectRows(effects).length === 0;
}

export function isApplicable(plan: Plan): boolean {
  return plan.problems.length === 0 && plan.changes.length > 0;
}
