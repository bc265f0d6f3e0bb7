import type { QualityProblem } from '@/api/types';

/** The chart that shows a problem with some time around it. */
export function chartLink({ thing, property, since, last, active }: Pick<QualityProblem, 'thing' | 'property' | 'since' | 'last' | 'active'>, now: number): string {
  const from = Date.parse(since);
  const to = active ? now : Date.parse(last);
  const around = Math.max((to - from) * 0.25, 60_000);
  const query = new URLSearchParams({
    p: property, start: new Date(from - around).toISOString(), end: new Date(Math.min(to + around, now)).toISOString(),
  });
  return `/things/${thing}?${query.toString()}`;
}
