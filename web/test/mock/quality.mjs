// What the mock hub says of the quality of its data.
const at = (ms) => new Date(ms).toISOString();

export const problemsOf = (now) => [
  { thing: 'pump-2', property: 'vibration', rule: 'out_of_range', severity: 'bad', since: at(now - 2_900_000), since_at_least: false, last: at(now - 1000), samples: 2880, share: 0.12, active: true, affects: [{ kind: 'alarm', name: 'high' }, { kind: 'alarm', name: 'high_high' }], advice: 'Check the sensor and its cable; the range is 0 to 45 mm/s.' },
  { thing: 'pump-3', property: 'flow', rule: 'stale', severity: 'uncertain', since: at(now - 754_000), since_at_least: false, last: at(now - 1000), samples: 0, share: 1, active: true, affects: [{ kind: 'thing', name: 'pump-3' }], advice: 'Edge edge-2 is away since 12 minutes; look there first.' },
  { thing: 'pump-2', property: 'flow', rule: 'flat_line', severity: 'uncertain', since: at(now - 5_400_000), since_at_least: true, last: at(now - 2000), samples: 5400, share: 0.6, active: true, affects: [], advice: 'The value has not moved for 90 minutes while the pump runs.' },
  { thing: 'building-a', property: 'meter', rule: 'gap', severity: 'good', since: at(now - 30_000_000), since_at_least: false, last: at(now - 28_000_000), samples: 1, share: 0.001, active: false, affects: [], advice: 'Samples of 33 minutes are missing.' },
];

export function scoresOf(things, query, now) {
  const level = query.get('level');
  const step = { '1h': 3_600_000, '6h': 21_600_000, '1d': 86_400_000, '15m': 900_000 }[query.get('step')] ?? 3_600_000;
  const end = Math.floor(now / step) * step + step;
  const start = Number.isNaN(Date.parse(query.get('start'))) ? end - 7 * 86_400_000 : Math.floor(Date.parse(query.get('start')) / step) * step;
  const named = things.filter((thing) => (!query.get('site') || thing.site === query.get('site')) && (!query.get('thing') || thing.id === query.get('thing'))).slice(0, 20);
  const names = level === 'site' ? [...new Set(named.map((one) => one.site))].filter(Boolean).map((site) => ({ site, thing: null, property: null }))
    : level === 'thing' ? named.map((one) => ({ site: one.site, thing: one.id, property: null }))
      : named.flatMap((one) => one.properties.map((property) => ({ site: one.site, thing: one.id, property: property.name })));
  const rows = [];
  for (const name of names) {
    const sick = name.thing === 'pump-2' ? 0.15 : name.thing === 'pump-3' ? 0.05 : name.site === 'riverside' && level === 'site' ? 0.03 : 0;
    for (let ms = start; ms < Math.min(end, now); ms += step) {
      const away = name.thing === 'pump-3' && ms > now - 4 * step;
      const wave = Math.max(0, Math.sin(ms / 3.3e7 + (name.thing ?? name.site).length)) ** 6;
      const validity = 1 - sick * (0.4 + wave);
      const completeness = away ? 0 : 1 - 0.02 * wave;
      const consistency = 1 - sick * wave * 0.8;
      rows.push({ level, ...name, time: at(ms), completeness, validity: away ? null : validity, timeliness: away ? 0.1 : 1 - 0.004 * wave, consistency: away ? null : consistency, score: Math.min(completeness, validity, consistency), samples: Math.round(completeness * 28_800), expected: 28_800 });
    }
  }
  return { start: at(start), end: at(end), step_ms: step, commit: 4711, rows };
}

export const filterReport = () => [
  { thing: 'pump-1', property: 'flow', edge: 'edge-1', unit: 'm3/h', policy: 'deadband 0.1, heartbeat 60 s', received: 864_000, sent: 41_200, bytes_saved: 19_747_200, error_max: 0.1, error_mean: 0.031, stepped_max: null, stepped_mean: null, since: new Date(Date.now() - 86_400_000).toISOString(), reported: new Date(Date.now() - 30_000).toISOString() },
  { thing: 'pump-1', property: 'motor-temperature', edge: 'edge-1', unit: 'degC', policy: 'swinging door 0.2', received: 864_000, sent: 9_120, bytes_saved: 20_517_000, error_max: 0.2, error_mean: 0.058, stepped_max: 3.1, stepped_mean: 0.9, since: new Date(Date.now() - 86_400_000).toISOString(), reported: new Date(Date.now() - 30_000).toISOString() },
  { thing: 'pump-2', property: 'vibration', edge: 'edge-1', unit: 'mm/s', policy: 'deadband 2 %, heartbeat 60 s', received: 864_000, sent: 402_000, bytes_saved: 11_088_000, error_max: 0.09, error_mean: 0.02, stepped_max: null, stepped_mean: null, since: new Date(Date.now() - 86_400_000).toISOString(), reported: new Date(Date.now() - 30_000).toISOString() },
];
