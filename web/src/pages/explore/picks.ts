// The compared properties as `s=pump-1/flow,pump-2/flow` in the address.
import type { Pick } from '@/api/history';

export const MOST_PICKS = 8;

export function parsePicks(text: string): Pick[] {
  const seen = new Set<string>();
  const picks: Pick[] = [];
  for (const part of text.split(',')) {
    const [thing, property, more] = part.split('/');
    if (!thing || !property || more !== undefined || seen.has(part)) continue;
    seen.add(part);
    picks.push({ thing, property });
  }
  return picks.slice(0, MOST_PICKS);
}

export function writePicks(query: URLSearchParams, picks: Pick[]): URLSearchParams {
  const next = new URLSearchParams(query);
  if (picks.length === 0) next.delete('s');
  else next.set('s', picks.map((pick) => `${pick.thing}/${pick.property}`).join(','));
  return next;
}
