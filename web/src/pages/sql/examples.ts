// Questions to begin with: each can be run as it stands, on any hub.
export interface Example {
  key: 'today' | 'days' | 'silent' | 'corrected' | 'happened';
  sql: string;
}

export const EXAMPLES: readonly Example[] = [
  {
    key: 'today',
    sql: `SELECT thing, property, count(*) AS samples,
       count(*) FILTER (quality = 'bad') AS bad, max(time) AS newest
FROM samples
WHERE time > now() - INTERVAL 1 DAY
GROUP BY ALL
ORDER BY bad DESC, thing, property`,
  },
  {
    key: 'days',
    sql: `SELECT date_trunc('day', time) AS day, site, sum(samples) AS samples, sum(bad) AS bad
FROM hours
WHERE time > now() - INTERVAL 14 DAY
GROUP BY ALL
ORDER BY day, site`,
  },
  {
    key: 'silent',
    sql: `SELECT thing, title, site, model
FROM things
WHERE thing NOT IN (SELECT thing FROM samples WHERE time > now() - INTERVAL 1 DAY)
ORDER BY site, thing`,
  },
  {
    key: 'corrected',
    sql: `SELECT made, made_by, thing, property, action, time_from, time_to, reason
FROM corrections
ORDER BY made DESC
LIMIT 100`,
  },
  {
    key: 'happened',
    sql: `SELECT time, kind, subject, role
FROM events
ORDER BY time DESC
LIMIT 100`,
  },
];
