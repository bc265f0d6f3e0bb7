// What the mock hub answers, by path. Shapes as in api/openapi.yaml.
import { actionsOf, bindingOf, contractOf } from './twin.mjs';
import { currentOf, summaryOf, valueAt } from './plant.mjs';

export const edgesOf = (now) => [
  edge('building-a', { kind: 'third_party', delivery: 'at_most_once', note: 'What it sends while the hub is away is not sent again.', spool: null, clock_offset_ms: null, epoch: null, acked_to: null, committed_above: null, samples_per_second: 0.6, last_sample: new Date(now - 1800).toISOString() }),
  edge('edge-1', { last_sample: new Date(now - 300).toISOString(), samples_per_second: 78 + Math.sin(now / 4000) * 4 }),
  edge('edge-2', { connected: false, since: new Date(now - 744_000).toISOString(), samples_per_second: 0, last_sample: new Date(now - 754_000).toISOString(), clock_offset_ms: 3421, spool: { batches: 1841, bytes: 22_400_000, evicted_batches: 81, reported: new Date(now - 744_000).toISOString() }, losses: { intervals: 1, batches: 81, samples: 40500 } }),
];

function edge(name, more) {
  return {
    name, kind: 'millrace', site: 'riverside', group: 'riverside', node: name, connected: true, since: new Date(Date.now() - 8_640_000).toISOString(),
    delivery: 'exactly_once', note: null, things: 2, last_sample: null, samples_per_second: 0,
    spool: { batches: 2, bytes: 18432, evicted_batches: 0, reported: new Date().toISOString() }, clock_offset_ms: -1.2,
    epoch: '6f1c2a4e-0b0d-4a57-9d5e-0d2f3c6b7a81', acked_to: 90122, committed_above: 0, losses: { intervals: 0, batches: 0, samples: 0 }, ...more,
  };
}

export function sitesOf(things, now) {
  const sites = new Map();
  const counts = (name) => ({ name, title: name, things: 0, stale_things: 0, bad_things: 0 });
  const child = (list, name, extra) => {
    const found = list.find((one) => one.name === name) ?? { ...counts(name), ...extra };
    if (!list.includes(found)) list.push(found);
    return found;
  };
  for (const thing of things) {
    const site = sites.get(thing.site) ?? { ...counts(thing.site), enterprise: thing.enterprise, series: 0, edges: [], areas: [] };
    sites.set(thing.site, site);
    const area = child(site.areas, thing.area, { lines: [] });
    const line = child(area.lines, thing.line, { cells: [] });
    const cell = thing.cell ? child(line.cells, thing.cell, {}) : counts('');
    const { stale, quality } = summaryOf(thing, now);
    for (const place of [site, area, line, cell]) {
      place.things += 1;
      place.stale_things += Number(stale);
      place.bad_things += Number(quality === 'bad');
    }
  }
  return [...sites.values()].sort((a, b) => a.name.localeCompare(b.name));
}

export function detailOf(thing, now) {
  const { property_count: _, ...base } = summaryOf(thing, now);
  const { site, area, line } = thing;
  return {
    ...base,
    actions: actionsOf(thing),
    properties: thing.properties.map(({ name, title, unit, type, series }, i) => ({
      name, title, unit, type, series, tags: { site, area, line },
      source: { kind: thing.source, name: thing.edge ?? 'fd001.txt' },
      writable: name === 'speed', binding: bindingOf(thing, name, unit), contract: contractOf(thing, name, type), current: currentOf(thing, thing.properties[i], now),
    })),
  };
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400].map((s) => s * 1000);

export function historyOf(thing, property, start, end, points, stepMs) {
  const step = stepMs ?? STEPS.find((one) => (end - start) / one <= points) ?? STEPS.at(-1);
  const head = { thing: thing.id, property: property.name, unit: property.unit, type: property.type, series: property.series };
  const rows = [];
  const gapFrom = start + (end - start) * 0.42;
  const gapTo = gapFrom + (end - start) * 0.05;
  const raw = step <= 1000;
  const stopped = thing.faults['*'] === 'stale' ? Date.now() - 754_000 : Infinity;
  for (let ms = Math.ceil(start / step) * step; ms < Math.min(end, Date.now(), stopped); ms += step) {
    if (ms > gapFrom && ms < gapTo && property.name !== 'running') continue;
    const bad = thing.faults[property.name] === 'out_of_range' && ms % (step * 40) < step * 5;
    const time = new Date(ms).toISOString();
    const value = Number(valueAt(property, ms));
    if (raw) rows.push([time, property.type === 'bool' ? value > 0.5 : value, bad ? 'bad' : 'good']);
    else if (bad) rows.push([time, null, null, null, 4]);
    else rows.push([time, value, value - property.spread * 0.6, value + property.spread * 0.7, 0]);
  }
  return {
    ...head, start: new Date(start).toISOString(), end: new Date(end).toISOString(), step_ms: raw ? null : step, commit: 4711,
    columns: raw ? ['time', 'value', 'quality'] : ['time', 'avg', 'min', 'max', 'bad_count'], rows, next: null,
  };
}

export function systemOf(things, now) {
  return {
    version: '0.1.0', hub: 'millrace', started: new Date(now - 8_650_000).toISOString(), uptime_seconds: 8650, time: new Date(now).toISOString(), time_zone: 'Europe/Berlin',
    store: { engine: 'DuckDB 1.4.4', commit: 4711, series: things.length * 6, hot_rows: 864000, sealed_rows: 50_000_000, out_of_range_rows: 3, partitions: 12, bytes: 214_958_080 },
    metadata: { engine: 'SQLite 3.46.1', bytes: 98304 }, broker: { kind: 'embedded', connected: true, address: '127.0.0.1:1883' },
    ingest: { samples_per_second: 1010, queue: 0, queue_max: 1024, dropped_messages: 12 },
  };
}

export const lossesOf = (now) => [{
  epoch: '6f1c2a4e-0b0d-4a57-9d5e-0d2f3c6b7a81', first_sequence: 100, last_sequence: 180, batches: 81, samples: 40500,
  start: new Date(now - 90_000_000).toISOString(), end: new Date(now - 88_700_000).toISOString(), reason: 'evicted', recorded: new Date(now - 745_000).toISOString(), thing: null, property: null,
}, {
  epoch: '6f1c2a4e-0b0d-4a57-9d5e-0d2f3c6b7a81', first_sequence: 99, last_sequence: 99, batches: 1, samples: 37,
  start: new Date(now - 90_110_000).toISOString(), end: new Date(now - 90_000_000).toISOString(), reason: 'held', recorded: new Date(now - 745_000).toISOString(), thing: 'pump-1', property: 'pressure',
}];

const atThings = (now) => [
  { id: 811, time: new Date(now - 800_000).toISOString(), kind: 'command.failed', subject: 'pump-1', actor_role: 'ot_engineer', body: { property: 'setpoint', value: 3.5, edge: 'edge-1', error: 'timeout', detail: 'the edge did not answer in time' } },
  { id: 808, time: new Date(now - 2_400_000).toISOString(), kind: 'binding.topics_mixed', subject: 'pump-1', actor_role: 'system', body: { binding: 'pump-1-mqtt', topics: ['hall/7/a', 'hall/7/b'], properties: ['flow'], hint: 'Write a binding for each topic.' } },
  { id: 806, time: new Date(now - 4_000_000).toISOString(), kind: 'unit.changed', subject: 'pump-1', actor_role: 'system', body: { property: 'energy', unit: 'kWh', said: 'MWh', hint: 'Bind it to a property of another name with the unit that the source gives now.' } },
  { id: 700, time: new Date(now - 86_400_000).toISOString(), kind: 'store.retention', subject: 'store', actor_role: 'system', body: { dropped: [{ what: 'samples', type: 'f64', start: '2025-01-01T00:00:00Z', end: '2025-02-01T00:00:00Z', samples: 1_200_000 }] } },
];

export const eventsOf = (name, now) => (name === null
  ? [...atThings(now), ...atEdge('edge-1', now)].sort((a, b) => b.id - a.id)
  : [...atThings(now).filter((one) => one.subject === name), ...(/^edge-/.test(name) ? atEdge(name, now) : [])]);

const atEdge = (name, now) => [
  { id: 812, time: new Date(now - 744_000).toISOString(), kind: 'edge.disconnected', subject: name, actor_role: 'system', body: {} },
  { id: 802, time: new Date(now - 5_400_000).toISOString(), kind: 'edge.batches_lost', subject: name, actor_role: 'system', body: { first: 812, last: 815, samples: 1900, reason: 'evicted' } },
  { id: 798, time: new Date(now - 7_200_000).toISOString(), kind: 'edge.assignment_refused', subject: name, actor_role: 'system', body: { revision: 41, why: "'ns=2' is not a node id", hint: 'Write it like ns=2;s=Name.' } },
  { id: 794, time: new Date(now - 7_900_000).toISOString(), kind: 'edge.configured', subject: name, actor_role: 'system', body: { revision: 40, connections: 2 } },
  { id: 790, time: new Date(now - 8_640_000).toISOString(), kind: 'edge.connected', subject: name, actor_role: 'system', body: { epoch: '6f1c2a4e-0b0d-4a57-9d5e-0d2f3c6b7a81' } },
];

export const importsOf = (now) => [
  { id: 'b', state: 'open', file_name: 'skab-valve1.csv.gz', file_hash: '9f86d081', file_bytes: 52428, rows_total: 9401, next_row: 4000, samples: 32000, samples_uncertain: 12, samples_bad: 3, targets: 8, created: new Date(now - 9000).toISOString(), updated: new Date(now - 900).toISOString() },
  { id: 'a', state: 'complete', file_name: 'train_FD001.txt', file_hash: '9f86d082', file_bytes: 3_515_356, rows_total: 20631, next_row: 20631, samples: 495_144, samples_uncertain: 0, samples_bad: 0, targets: 2400, created: new Date(now - 900_000).toISOString(), updated: new Date(now - 880_000).toISOString() },
];
