const column = (name, type, comment) => ({ name, type, comment });
export const TABLES = [
  { name: 'corrections', comment: 'Corrections as rows', columns: [column('thing', 'text', 'Name of the thing'), column('property', 'text', ''), column('start', 'timestamp', ''), column('action', 'text', 'replace, invalidate, fill or restore')] },
  { name: 'samples', comment: 'Every sample with the names of its thing and property', columns: [column('thing', 'text', 'Name of the thing'), column('property', 'text', 'Name of the property'), column('time', 'timestamp', 'Of the source, UTC'), column('value', 'f64', ''), column('quality', 'text', 'good, uncertain or bad')] },
  { name: 'things', comment: 'Digital twins, their model and place', columns: [column('name', 'text', ''), column('title', 'text', ''), column('model', 'text', 'name@version'), column('site', 'text', '')] },
];

export function answerSql({ sql, limit }, problem) {
  if (/^\s*(insert|update|delete|drop|create|copy|attach)/i.test(sql)) return problem(400, 'invalid', 'DROP is not allowed: one SELECT is read', 'Write a single SELECT.');
  if (/selct/i.test(sql)) return problem(400, 'invalid', 'syntax error at or near "selct" (line 1)', 'Did you mean SELECT?');
  const all = Array.from({ length: 5000 }, (_, i) => [`pump-${1 + (i % 3)}`, ['flow', 'pressure', 'vibration'][i % 3], new Date(1772344800000 + i * 1000).toISOString(), i % 17 === 0 ? null : Math.round((40 + 3 * Math.sin(i / 40)) * 1000) / 1000, i % 17 === 0 ? 'bad' : 'good']);
  const rows = all.slice(0, limit ?? 10_000);
  return [200, { columns: [{ name: 'thing', type: 'text' }, { name: 'property', type: 'text' }, { name: 'time', type: 'timestamp' }, { name: 'value', type: 'f64' }, { name: 'quality', type: 'text' }], rows, truncated: rows.length < all.length, elapsed_ms: 38.4, commit: 4711 }];
}
