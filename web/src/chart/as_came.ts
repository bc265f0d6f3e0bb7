// Whether the chart shows samples as they came, as `corrections=off` in the address.

export function isAsCame(query: URLSearchParams): boolean {
  return query.get('corrections') === 'off';
}

export function withAsCame(query: URLSearchParams, on: boolean): URLSearchParams {
  const next = new URLSearchParams(query);
  if (on) next.set('corrections', 'off');
  else next.delete('corrections');
  return next;
}
