// What the mock hub says of models, bindings and contracts.
const RANGES = { flow: [0, 120], pressure: [0, 16], vibration: [0, 45], current: [0, 40], 'bearing-temperature': [-20, 120], 'motor-temperature': [-20, 150] };
const SOURCE_UNIT = { flow: 'l/min', pressure: 'kPa' };

export function contractOf(thing, name, type) {
  if (!thing.model) return null;
  const [min, max] = RANGES[name] ?? [null, null];
  return {
    min, max, interval_ms: 1000, rate_max_per_s: name === 'flow' ? 50 : null, flat_line_s: type === 'f64' ? 600 : null, stale_s: 30,
    filter: name === 'flow' ? 'deadband 0.1, heartbeat 60 s' : null,
    alarms: name === 'vibration' ? [{ name: 'high', above: 7.1, below: null, severity: 'uncertain' }, { name: 'high_high', above: 11, below: null, severity: 'bad' }] : [],
  };
}

export function bindingOf(thing, name, unit) {
  if (!thing.model) return null;
  const address = `ns=2;s=${thing.title.replace(/\s/g, '').slice(0, 8)}.${name}`;
  return { name: `${thing.id}-opcua`, source: 'opcua pump-line', connection: 'pump-line', address, unit: SOURCE_UNIT[name] ?? unit };
}

export function actionsOf(thing) {
  if (!/pump/.test(thing.model ?? '')) return [];
  return [
    { name: 'set-speed', title: 'Set speed', input: { type: 'number', unit: '1/min', minimum: 0, maximum: 3000 }, bound: true },
    { name: 'reset-counter', title: 'Reset the starts counter', input: null, bound: false },
  ];
}
