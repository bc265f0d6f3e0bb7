const column = (name, type, comment) => ({ name, type, comment });
const typed = (name, type) => ({ name, type });
export const TABLES = [
  { name: 'corrections', comment: 'What people and programs corrected; `samples` shows samples with these laid over.', columns: [column('id', 'i64', 'Rising number'), column('thing', 'text', 'Name of the thing'), column('property', 'text', 'Name of the property'), column('time_from', 'timestamp', 'Samples from here, UTC'), column('time_to', 'timestamp', 'and before here'), column('action', 'text', 'replace, invalidate, fill or restore'), column('reason', 'text', 'Why')] },
  { name: 'events', comment: 'What has happened: connections, seals, imports, corrections.', columns: [column('time', 'timestamp', 'When it happened, UTC'), column('kind', 'text', 'Noun and verb, such as edge.connected'), column('subject', 'text', 'The thing, edge or import it is about')] },
  { name: 'hours', comment: 'Numeric samples by hour: for months and years, far quicker than samples.', columns: [column('time', 'timestamp', 'Where the bucket begins, UTC'), column('thing', 'text', 'Name of the thing'), column('property', 'text', 'Name of the property'), column('samples', 'i64', 'Usable samples'), column('avg', 'f64', 'Arithmetic mean of the usable samples'), column('min', 'f64', 'Smallest'), column('max', 'f64', 'Largest')] },
  { name: 'samples', comment: 'Every sample as the history of its property shows it, corrections applied.', columns: [column('time', 'timestamp', 'Of the source, UTC'), column('thing', 'text', 'Name of the thing'), column('property', 'text', 'Name of the property'), column('value', 'f64', 'As a number, bool as 0 and 1; NULL for text and bytes'), column('unit', 'text', 'As the thing model or the source writes it'), column('quality', 'text', 'good, uncertain or bad'), column('reasons', 'text', 'Why it is not good, by semicolons; or NULL')] },
  { name: 'things', comment: 'Every thing that is configured or has data: its place, model and tags.', columns: [column('thing', 'text', 'Its name, which never changes'), column('title', 'text', 'What people call it'), column('site', 'text', 'site'), column('model', 'text', 'Thing model as name@version; NULL without one')] },
];

const HOUR = 3_600_000;
/** Two weeks of three pumps by hour. */
const HOURS = Array.from({ length: 14 * 24 * 3 }, (_, i) => {
  const hour = Math.floor(i / 3);
  const mean = 40 + 6 * (i % 3) + 8 * Math.sin((hour / 24) * 2 * Math.PI) + 2 * Math.sin(hour * 1.7 + i);
  return [new Date(1772344800000 + hour * HOUR).toISOString(), `pump-${1 + (i % 3)}`, 'flow', hour % 61 === 17 ? null : Math.round(mean * 1000) / 1000];
});

export function answerSql({ sql, limit }, problem) {
  if (/^\s*(insert|update|delete|drop|create|copy|attach)/i.test(sql)) return problem(400, 'invalid', 'DROP is not allowed: one SELECT is read', 'Write a single SELECT.');
  if (/selct/i.test(sql)) return problem(400, 'invalid', 'syntax error at or near "selct" (line 1)', 'Did you mean SELECT?');
  const rows = HOURS.slice(0, limit ?? 10_000);
  return [200, { columns: [typed('hour', 'timestamp'), typed('thing', 'text'), typed('property', 'text'), typed('flow', 'f64')], rows, truncated: rows.length < HOURS.length, elapsed_ms: 38.4, commit: 4711 }];
}
