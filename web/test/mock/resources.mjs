// Resources of the mock hub, with just enough of validate, plan and apply to look at pages.
const pump = (version, max) => `kind: ThingModel
name: centrifugal-pump
version: ${version}
spec:
  "@type": tm:ThingModel
  title: Centrifugal pump
  links:
    - {rel: "tm:extends", href: rotating-machine@1}
  mr:tags: [rotating]
  properties:
    flow:
      type: number
      unit: m3/h
      minimum: 0
      maximum: ${max}
      readOnly: true
      observable: true
      mr:interval_ms: 1000
      mr:quality: {rate_max_per_s: 50, flat_line_s: 600, stale_s: 30}
      mr:filter: {deadband: 0.1}
    pressure:
      type: number
      unit: bar
      minimum: 0
      maximum: 16
      mr:interval_ms: 1000
  actions:
    set-speed: {input: {type: number, unit: "1/min", minimum: 0, maximum: 3000}}
`;
const pumpSpec = (max) => ({
  '@type': 'tm:ThingModel', title: 'Centrifugal pump', links: [{ rel: 'tm:extends', href: 'rotating-machine@1' }], 'mr:tags': ['rotating'],
  properties: {
    flow: { type: 'number', unit: 'm3/h', minimum: 0, maximum: max, readOnly: true, observable: true, 'mr:interval_ms': 1000, 'mr:quality': { rate_max_per_s: 50, flat_line_s: 600, stale_s: 30 }, 'mr:filter': { deadband: 0.1 } },
    pressure: { type: 'number', unit: 'bar', minimum: 0, maximum: 16, 'mr:interval_ms': 1000 },
    speed: { maximum: 3000 },
  },
  actions: { 'set-speed': { input: { type: 'number', unit: '1/min', minimum: 0, maximum: 3000 } } },
});
const thing = (name, title, model, criticality) => ({
  kind: 'Thing', name, version: null, title, yaml: `kind: Thing\nname: ${name}\nspec:\n  title: ${title}\n  model: ${model}\n  place: {site: riverside, area: water, line: line-1}\n  tags: {criticality: ${criticality}}\n`,
  spec: { title, model, place: { site: 'riverside', area: 'water', line: 'line-1' }, tags: { criticality } }, used_by: [{ kind: 'Binding', name: `${name}-opcua`, version: null }],
});
const plain = (kind, name, title, yaml, spec, used_by = []) => ({ kind, name, version: null, title, yaml, spec, used_by });

function all() {
  return [
    plain('Site', 'riverside', 'Riverside works', 'kind: Site\nname: riverside\nspec:\n  title: Riverside works\n  enterprise: acme\n  time_zone: Europe/Berlin\n', { title: 'Riverside works', enterprise: 'acme', time_zone: 'Europe/Berlin' }, [{ kind: 'Thing', name: 'pump-1', version: null }]),
    { kind: 'ThingModel', name: 'centrifugal-pump', version: 1, title: 'Centrifugal pump', yaml: pump(1, 100), spec: pumpSpec(100), used_by: [{ kind: 'Thing', name: 'pump-3', version: null }] },
    { kind: 'ThingModel', name: 'centrifugal-pump', version: 2, title: 'Centrifugal pump', yaml: pump(2, 120), spec: pumpSpec(120), used_by: [{ kind: 'Thing', name: 'pump-1', version: null }, { kind: 'Thing', name: 'pump-2', version: null }] },
    { kind: 'ThingModel', name: 'motor', version: 1, title: 'Electric motor', yaml: 'kind: ThingModel\nname: motor\nversion: 1\nspec:\n  title: Electric motor\n', spec: { title: 'Electric motor', properties: { current: { type: 'number', unit: 'A' } } }, used_by: [] },
    { kind: 'ThingModel', name: 'rotating-machine', version: 1, title: 'Rotating machine', yaml: 'kind: ThingModel\nname: rotating-machine\nversion: 1\nspec:\n  title: Rotating machine\n', spec: { title: 'Rotating machine', properties: { vibration: { type: 'number', unit: 'mm/s', minimum: 0, maximum: 20, readOnly: true, 'mr:alarms': [{ name: 'high', above: 7.1 }, { name: 'high_high', above: 11.2, severity: 'bad' }] }, speed: { type: 'number', unit: '1/min', minimum: 0, maximum: 3600 } } }, used_by: [{ kind: 'ThingModel', name: 'centrifugal-pump', version: 2 }] },
    thing('pump-1', 'Feed pump 1', 'centrifugal-pump@2', 'high'), thing('pump-2', 'Feed pump 2', 'centrifugal-pump@2', 'low'), thing('pump-3', 'Cooling water pump', 'centrifugal-pump@1', 'low'),
    plain('Connection', 'pump-line', '', 'kind: Connection\nname: pump-line\nspec:\n  edge: edge-1\n  opcua: {url: "opc.tcp://10.0.0.7:4840", security: none}\n', { edge: 'edge-1', opcua: { url: 'opc.tcp://10.0.0.7:4840' } }, [{ kind: 'Binding', name: 'pump-1-opcua', version: null }]),
    plain('Binding', 'pump-1-opcua', '', 'kind: Binding\nname: pump-1-opcua\nspec:\n  thing: pump-1\n  connection: pump-line\n  properties:\n    - {property: flow, address: "ns=2;s=Pump1.Flow", unit: l/min}\n', { thing: 'pump-1', connection: 'pump-line' }),
    plain('Retention', 'default', '', 'kind: Retention\nname: default\nspec: {raw_d: 730, minutes_d: 1825, hours_d: 0}\n', { raw_d: 730 }),
  ];
}

/** With all that it extends written out; a line that stands in both has the terms of both. */
function wholeOf(spec, items) {
  const base = items.find((one) => spec.links?.some((link) => link.href === `${one.name}@${one.version}`));
  if (!base) return spec;
  const properties = { ...wholeOf(base.spec, items).properties };
  for (const [name, property] of Object.entries(spec.properties)) properties[name] = { ...properties[name], ...property };
  return { ...spec, properties };
}

const EFFECTS = (now) => [
  { thing: 'pump-1', property: 'flow', rule: 'out_of_range', severity: 'bad', since: null, until: null, days_seen: 30, samples: 130, checked: 2_592_000, first: new Date(now - 26 * 86_400_000).toISOString(), last: new Date(now - 3 * 86_400_000).toISOString() },
  { thing: 'pump-2', property: 'flow', rule: 'out_of_range', severity: 'bad', since: null, until: null, days_seen: 30, samples: 41_200, checked: 2_571_400, first: new Date(now - 12 * 86_400_000).toISOString(), last: new Date(now - 600_000).toISOString() },
];

const replayOf = (changes) => ({
  days: 30, samples: 5_163_400, samples_max: 20_000_000, properties: 2, properties_done: 2, complete: true, since: null, commit: 4711, properties_cut: [], rules_left_out: [], not_replayed: [],
  models: changes.filter((one) => one.kind === 'ThingModel').map(({ name, version }) => ({ model: `${name}@${version}`, instead_of: `${name}@${version - 1}`, through: [], things: 2 })),
});

function problemsIn(files) {
  return files.flatMap(({ path, text }) => text.split('\n').flatMap((line, i) => {
    if (/pmup/.test(line)) return [{ file: path, line: i + 1, column: line.indexOf('c') + 1, rule: 'unknown_reference', what: `model '${line.split(':').at(-1).trim()}' is unknown`, hint: 'Did you mean centrifugal-pump@2?' }];
    if (/\t/.test(line)) return [{ file: path, line: i + 1, column: line.indexOf('\t') + 1, rule: 'syntax', what: 'a tab stands where spaces belong', hint: 'Indent with spaces.' }];
    return [];
  }));
}

const deletesOf = (files, now) => (files.some(({ text }) => /raw_d: \d\d?\b/.test(text))
  ? [{ policy: 'raw_d', from: new Date(now - 400 * 86_400_000).toISOString(), to: new Date(now - 91 * 86_400_000).toISOString(), samples: 812_000_000 }] : []);

function planOf(files, items, now) {
  const changes = files.map(({ path, text }) => {
    const kind = /^kind:\s*(\S+)/m.exec(text)?.[1] ?? 'Thing';
    const name = /^name:\s*(\S+)/m.exec(text)?.[1] ?? 'x';
    const version = Number(/^version:\s*(\d+)/m.exec(text)?.[1]) || null;
    const known = items.find((one) => one.kind === kind && one.name === name && one.version === version);
    if (known?.yaml === text) return null;
    const before = (known ?? items.findLast((one) => one.kind === kind && one.name === name))?.yaml.split('\n') ?? [];
    const differences = before.length === 0 ? [] : text.split('\n').flatMap((line, i) => (line !== before[i] && /:/.test(line) && !/^(version|name)/.test(line)
      ? [{ path: `/${line.trim().split(':')[0]}`, before: before[i]?.split(': ').slice(1).join(': ') ?? null, after: line.split(': ').slice(1).join(': ') }] : [])).slice(0, 6);
    return { action: known ? 'update' : 'create', kind, name, version, differences, file: path };
  }).filter(Boolean);
  return { revision: 42, problems: problemsIn(files), changes, notes: [], effects: changes.some((one) => one.kind === 'ThingModel' || one.kind === 'Thing') ? EFFECTS(now) : [], deletes: deletesOf(files, now), replay: replayOf(changes), unchanged: files.length - changes.length };
}

export function makeResources(empty) {
  const items = empty ? [] : all();
  const bare = (one, now) => ({ kind: one.kind, name: one.name, version: one.version, title: one.title, changed: new Date(now - 86_400_000).toISOString(), changed_by: 'mia', revision: 41 });
  const revisions = (now) => (empty ? [] : [
    { revision: 42, time: new Date(now - 3_600_000).toISOString(), by: 'mia', role: 'ot_engineer', reason: 'New impeller, flow up to 120', changes: [{ action: 'create', kind: 'ThingModel', name: 'centrifugal-pump', version: 2 }, { action: 'update', kind: 'Thing', name: 'pump-1', version: null }, { action: 'update', kind: 'Thing', name: 'pump-2', version: null }] },
    { revision: 41, time: new Date(now - 90_000_000).toISOString(), by: 'admin', role: 'administrator', reason: '', changes: [{ action: 'create', kind: 'Binding', name: 'pump-1-opcua', version: null }] },
    { revision: 40, time: new Date(now - 180_000_000).toISOString(), by: 'admin', role: 'administrator', reason: 'First plant', changes: [{ action: 'create', kind: 'Site', name: 'riverside', version: null }, { action: 'create', kind: 'Thing', name: 'pump-1', version: null }] },
  ]);
  return (method, noun, id, name, query, body, page, problem, now) => {
    if (noun === 'revisions') return [200, page(revisions(now).filter((one) => !query.get('name') || one.changes.some((change) => change.name === query.get('name'))), query)];
    if (noun === 'thing-models' && id) {
      const spec = items.find((one) => `${one.name}@${one.version}` === decodeURIComponent(id))?.spec;
      if (!spec) return problem(404, 'not_found', `thing model '${id}' is unknown`);
      return [200, query.get('resolved') === 'true' ? wholeOf(spec, items) : spec];
    }
    if (noun === 'thing-models') {
      const models = items.filter((one) => one.kind === 'ThingModel' && one.name.includes(query.get('q') ?? '')).reverse();
      return [200, page(models.map((one) => ({ name: one.name, version: one.version, title: one.title, things: one.used_by.filter((by) => by.kind === 'Thing').length, latest: !models.some((other) => other.name === one.name && other.version > one.version), tags: one.spec['mr:tags'] ?? [], changed: new Date(now - 3_600_000 * (3 - one.version)).toISOString() })).sort((a, b) => a.name.localeCompare(b.name) || b.version - a.version), query)];
    }
    if (id === 'validate') return [200, { problems: problemsIn(body.files), resources: body.files.length }];
    if (id === 'plan') return [200, planOf(body.files, items, now)];
    if (id === 'drift') return [200, { revision: 42, changes: planOf(body.files, items, now).changes }];
    if (id === 'apply') return [200, { revision: 43, changes: planOf(body.files, items, now).changes }];
    if (id === 'export') return [200, { files: items.map((one) => ({ path: `${one.name}.yaml`, text: one.yaml })), revision: 42 }];
    if (!id) {
      const words = (query.get('q') ?? '').toLowerCase();
      return [200, page(items.filter((one) => (!query.get('kind') || one.kind === query.get('kind')) && `${one.name} ${one.title}`.toLowerCase().includes(words)).map((one) => bare(one, now)), query)];
    }
    const found = items.findLast((one) => one.kind === id && one.name === name && (!query.get('version') || one.version === Number(query.get('version'))));
    if (!found) return problem(404, 'not_found', `${id} '${name}' is unknown`, 'Did you mean pump-1?');
    if (method === 'DELETE') return found.used_by.length > 0 ? problem(409, 'conflict', `${found.used_by[0].kind} ${found.used_by[0].name} refers to it`, 'Change or delete that first.') : [200, { revision: 43 }];
    return [200, { ...bare(found, now), spec: found.spec, yaml: found.yaml, versions: items.filter((one) => one.kind === id && one.name === name && one.version).map((one) => one.version), used_by: found.used_by }];
  };
}
