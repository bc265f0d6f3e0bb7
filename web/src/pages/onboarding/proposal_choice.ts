// What a person decides about a proposal, as the hub is asked for it.
import type { Proposal, ProposalRequest, ThingModelItem } from '@/api/types';

export type Decisions = Readonly<Record<string, string | null>>;

/** One more decision; a property has one source, so an older one for the same property goes. */
export function decided(old: Decisions, address: string, property: string | null): Decisions {
  const rest = Object.entries(old).filter(([at, of]) => at !== address && (of === null || of !== property));
  return { ...Object.fromEntries(rest), [address]: property };
}

export interface Place {
  site: string;
  area: string;
  line: string;
}

export interface Choice {
  model: string | null;
  thing: string | null;
  place: Place;
  decided: Decisions;
}

/** The question for a choice; a name is asked for as `isName` allows it. */
export function proposalRequest(source: ProposalRequest, choice: Choice, isName: (text: string) => boolean): ProposalRequest {
  const place = Object.fromEntries(Object.entries(choice.place).filter(([, name]) => name !== '' && isName(name)));
  const matches = Object.entries(choice.decided).map(([address, property]) => ({ address, property }));
  return {
    ...source,
    ...(choice.model === null ? {} : { model: choice.model }),
    ...(choice.thing !== null && isName(choice.thing) ? { thing: choice.thing } : {}),
    ...(place.site === undefined ? {} : { place }),
    ...(matches.length > 0 ? { matches } : {}),
  };
}

/** A name for a new model, after the thing: "pump@1" for pump-4. */
export function newModel(thing: string, models: readonly ThingModelItem[]): string {
  const stem = thing.replace(/[-_.]?\d+$/, '') || 'thing';
  const taken = new Set(models.map((one) => one.name));
  for (let i = 1; ; ++i) {
    const name = i === 1 ? stem : `${stem}-${i}`;
    if (!taken.has(name)) return `${name}@1`;
  }
}

export interface ModelOption {
  value: string;
  score: number | null;
  isNew: boolean;
}

/** The proposed model, those that fit, all others, and a new one. */
export function modelOptions(proposal: Proposal, models: readonly ThingModelItem[]): ModelOption[] {
  const known = new Set(models.map((one) => `${one.name}@${one.version}`));
  const scores = new Map(proposal.models.map((one) => [one.model, one.score]));
  const latest = models.filter((one) => one.latest).map((one) => `${one.name}@${one.version}`);
  const all = [proposal.model, ...proposal.models.map((one) => one.model), ...latest, newModel(proposal.thing, models)];
  return [...new Set(all)].map((value) => ({ value, score: scores.get(value) ?? null, isNew: !known.has(value) }));
}
