// Which properties the chart shows, as `p=flow,pressure` in the address, and whether its scale reaches
// every alarm limit, as `limits=all`.
import type { Property } from '@/api/types';
import { isDrawable } from '@/chart/lines';

const FIRST = 3;
export const MOST = 12;

/** What the address names, or else the first few that can be drawn. */
export function chosenProperties(query: URLSearchParams, properties: readonly Property[]): string[] {
  const drawable = properties.filter((one) => isDrawable(one.type)).map((one) => one.name);
  const named = query.get('p');
  if (named === null) return drawable.slice(0, FIRST);
  return named.split(',').filter((name) => drawable.includes(name)).slice(0, MOST);
}

export function writeChosen(
  query: URLSearchParams, properties: readonly Property[], chosen: string[], toggled: string,
): URLSearchParams {
  const without = chosen.filter((name) => name !== toggled);
  const names = without.length < chosen.length ? without : [...chosen, toggled].slice(-MOST);
  const order = properties.map((one) => one.name);
  const next = new URLSearchParams(query);
  next.set('p', names.sort((a, b) => order.indexOf(a) - order.indexOf(b)).join(','));
  return next;
}

export function withAllLimits(query: URLSearchParams, on: boolean): URLSearchParams {
  const next = new URLSearchParams(query);
  if (on) next.set('limits', 'all');
  else next.delete('limits');
  return next;
}
