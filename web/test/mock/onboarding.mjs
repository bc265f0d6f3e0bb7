// Candidates, an OPC UA address space and proposals of the mock hub.
const recent = (now, mean, spread) => Array.from({ length: 40 }, (_, i) => ({ time: new Date(now - (40 - i) * 5000).toISOString(), value: Math.round((mean + spread * Math.sin(i / 5) + spread * 0.3 * Math.sin(i * 1.7)) * 100) / 100 }));

export const candidatesOf = (now) => [
  {
    id: 'sparkplug:plant2/gw7/mixer', kind: 'sparkplug', source: 'plant2/gw7/mixer', title: 'mixer', thing: 'gw7.mixer', first_seen: new Date(now - 7_200_000).toISOString(), last_seen: new Date(now - 2_000).toISOString(), samples: 14_400,
    properties: [
      { address: 'Motor/Speed', type: 'f64', unit: '1/min', recent: recent(now, 1480, 12), feeds: null }, { address: 'Motor/Current', type: 'f64', unit: 'A', recent: recent(now, 18, 1.4), feeds: null },
      { address: 'Bowl/Temperature', type: 'f64', unit: 'degC', recent: recent(now, 62, 3), feeds: null }, { address: 'Recipe', type: 'text', unit: '', recent: [{ time: new Date(now - 60_000).toISOString(), value: 'B-204' }], feeds: null },
    ],
  },
  {
    id: 'mqtt:plant/hall-3/+/state', kind: 'mqtt', source: 'plant/hall-3/compressor/state', title: 'compressor', thing: null, first_seen: new Date(now - 86_400_000).toISOString(), last_seen: new Date(now - 1_000).toISOString(), samples: 86_400,
    properties: [{ address: '/pressure/value', type: 'f64', unit: '', recent: recent(now, 7.1, 0.2), feeds: null }, { address: '/running', type: 'bool', unit: '', recent: [{ time: new Date(now - 1000).toISOString(), value: true }], feeds: null }, { address: '/flow', type: 'f64', unit: 'm3/h', recent: [], feeds: 'compressor-3/flow' }],
  },
];

const node = (address, parent, name, more = {}) => ({ address, parent, name, title: name, variable: false, type: null, unit: '', min: null, max: null, writable: false, ...more });
const variable = (address, parent, name, type, unit, min, max) => node(address, parent, name, { variable: true, type, unit, min, max });

export function browsed({ address }) {
  if (address) return { nodes: [variable(`${address}.Hours`, null, 'Hours', 'i64', 'h', 0, null)], truncated: false };
  const nodes = [node('ns=2;s=Line1', null, 'Line1'), node('ns=2;s=Utilities', null, 'Utilities')];
  for (const i of [1, 2, 3]) {
    const at = `ns=2;s=Pump${i}`;
    nodes.push(node(at, 'ns=2;s=Line1', `Pump${i}`), variable(`${at}.Flow`, at, 'Flow', 'f64', 'l/min', 0, 2000), variable(`${at}.Pressure`, at, 'Pressure', 'f64', 'kPa', 0, 1600),
      variable(`${at}.Vibration`, at, 'Vibration', 'f64', 'mm/s', 0, 45), variable(`${at}.Running`, at, 'Running', 'bool', '', null, null), variable(`${at}.SpeedSetpoint`, at, 'SpeedSetpoint', 'f64', '1/min', 0, 3000));
  }
  return { nodes, truncated: false };
}

const KNOWN = { flow: 0.97, pressure: 0.95, vibration: 0.93, running: 0.9, speed: 0.62, temperature: 0.71, current: 0.94 };

export function proposalOf(body) {
  const addresses = body.addresses ?? ['Motor/Speed', 'Motor/Current', 'Bowl/Temperature', 'Recipe'];
  const fixed = new Map((body.matches ?? []).map((one) => [one.address, one.property]));
  const matches = addresses.map((address) => {
    if (fixed.has(address)) return { address, property: fixed.get(address), score: fixed.get(address) === null ? 0 : 1, reason: 'decided by a person' };
    const word = address.split(/[./]/).at(-1).toLowerCase();
    const found = Object.keys(KNOWN).find((name) => word.startsWith(name));
    return { address, property: found ?? null, score: found ? KNOWN[found] : 0, reason: found ? (word === found ? 'same name; the units convert' : 'similar name') : 'no property of the model is like it' };
  });
  const thing = body.thing ?? (body.candidate ? 'mixer' : 'pump-4');
  const model = body.model ?? 'centrifugal-pump@2';
  const rows = matches.filter((one) => one.property).map((one) => `    - {property: ${one.property}, address: "${one.address}"}`).join('\n');
  return {
    thing, model, matches, models: [{ model: 'centrifugal-pump@2', title: 'Centrifugal pump', score: 0.91 }, { model: 'motor@1', title: 'Electric motor', score: 0.55 }],
    files: [
      { path: `things/${thing}.yaml`, text: `kind: Thing\nname: ${thing}\nspec:\n  model: ${model}\n  place: {site: riverside, area: water}\n` },
      { path: `bindings/${thing}.yaml`, text: `kind: Binding\nname: ${thing}\nspec:\n  thing: ${thing}\n  connection: pump-line\n  properties:\n${rows}\n` },
    ],
  };
}

export function tagRowsOf(text, dry) {
  const lines = String(text).trim().split(/\r?\n/).slice(1);
  const rows = lines.map((line, i) => {
    const [thing, , , property, , unit] = line.split(',');
    const problem = /gpm/.test(unit ?? '') ? "unit 'gpm' does not convert to m3/h without saying which gallon. Write gal_us/min or gal_uk/min." : null;
    return { line: i + 2, thing, property, problem };
  });
  const changes = [...new Set(rows.map((row) => row.thing))].flatMap((name) => [{ action: 'create', kind: 'Thing', name, version: null, differences: [], file: '' }, { action: 'create', kind: 'Binding', name: `${name}-pump-line`, version: null, differences: [], file: '' }]);
  const bad = rows.some((row) => row.problem);
  return { revision: dry || bad ? null : 43, plan: { revision: 42, problems: [], changes, notes: [], effects: [], deletes: [], unchanged: 0, replay: { days: 30, samples: 0, samples_max: 20_000_000, properties: 0, properties_done: 0, complete: true, since: null, commit: 4711, properties_cut: [], models: [], rules_left_out: [], not_replayed: [] } }, rows };
}
