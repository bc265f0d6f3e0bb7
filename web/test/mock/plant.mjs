// A made-up plant with the shapes of api/openapi.yaml: a tool for looking at pages, never shipped.

const pumpProperties = [
  ['current', 'Motor current', 'A', 'f64', 18.2, 0.6],
  ['flow', 'Flow', 'm3/h', 'f64', 41.7, 1.2],
  ['pressure', 'Discharge pressure', 'bar', 'f64', 6.31, 0.12],
  ['vibration', 'Vibration', 'mm/s', 'f64', 2.14, 0.3],
  ['bearing-temperature', 'Bearing temperature', 'degC', 'f64', 58.4, 0.8],
  ['motor-temperature', 'Motor temperature', 'degC', 'f64', 71.2, 0.7],
  ['running', 'Running', '', 'bool', 1, 0],
  ['starts', 'Starts', '', 'i64', 1204, 0],
];
const buildingProperties = [
  ['outdoor-temperature', 'Outdoor temperature', 'degC', 'f64', 4.6, 0.4],
  ['occupancy', 'Occupancy', '', 'i64', 132, 9],
  ['supply-temperature', 'Supply air temperature', 'degC', 'f64', 19.8, 0.3],
  ['fan', 'Fan speed', 'percent', 'f64', 62, 4],
  ['meter', 'Electricity meter', 'kWh', 'f64', 184213.4, 0],
  ['mode', 'Mode', '', 'text', 0, 0],
];

const places = [
  ['riverside', 'water', 'line-1', 'cell-1'], ['riverside', 'water', 'line-2', ''], ['riverside', 'utilities', '', ''],
  ['hillside', 'packaging', 'line-a', ''],
];

let nextSeries = 1;

function makeThing(id, title, place, edge, source, properties, faults = {}) {
  const [site, area, line, cell] = place;
  const model = edge === null ? null : /^pump/.test(id) ? (id === 'pump-3' ? 'centrifugal-pump@1' : 'centrifugal-pump@2') : /^motor/.test(id) ? 'motor@1' : null;
  const tags = /^pump/.test(id) ? { criticality: id === 'pump-1' ? 'high' : 'low', medium: 'water' } : /^motor/.test(id) ? { criticality: Number(id.slice(-1)) < 3 ? 'high' : 'low' } : {};
  return {
    id, title, enterprise: site ? 'acme' : '', site, area, line, cell, tags, edge, source, model, faults,
    properties: properties.map(([name, label, unit, type, mean, spread], i) => ({
      name, title: label, unit, type, mean, spread, phase: i * 1.7 + nextSeries * 0.13, series: nextSeries++,
    })),
  };
}

export function makePlant(big) {
  const things = [
    makeThing('pump-1', 'Pump 1', places[0], 'edge-1', 'millrace', pumpProperties),
    makeThing('pump-2', 'Pump 2', [...places[0].slice(0, 3), 'cell-2'], 'edge-1', 'millrace', pumpProperties, { flow: 'flat_line', vibration: 'out_of_range' }),
    makeThing('pump-3', 'Cooling water pump with a rather long title', places[1], 'edge-2', 'millrace', pumpProperties, { '*': 'stale' }),
    makeThing('building-a', 'Building A', places[2], 'building-a', 'third_party', buildingProperties),
    makeThing('engine-001', 'Engine 1', ['', '', '', ''], null, 'import', pumpProperties.slice(0, 4)),
  ];
  for (let i = 0; big && i < 9995; i += 1) {
    const number = String(i + 1).padStart(5, '0');
    things.push(makeThing(`motor-${number}`, `Motor ${number}`, places[i % 4], 'edge-1', 'millrace', pumpProperties.slice(0, 3)));
  }
  return things.sort((a, b) => a.id.localeCompare(b.id));
}

export function valueAt(property, ms) {
  const t = ms / 1000;
  const { phase, mean, spread, type } = property;
  if (type === 'text') return 'heating';
  if (type === 'bool') return Math.sin(t / 800 + phase) > -0.8;
  if (property.name === 'meter') return mean + t * 0.004 - 7_000_000;
  const wave = Math.sin(t / 190 + phase) + 0.5 * Math.sin(t / 37 + phase * 3) + 0.35 * Math.sin(t * 1.9 + phase);
  const value = mean + spread * wave;
  return type === 'i64' ? Math.round(value) : value;
}

export function currentOf(thing, property, now) {
  const fault = thing.faults[property.name] ?? thing.faults['*'];
  const stale = fault === 'stale';
  const imported = thing.source === 'import';
  const time = imported ? Date.parse('2025-02-03T04:05:06Z') : stale ? now - (now % 1000) - 754_000 : now - (now % 500);
  const quality = fault === 'out_of_range' ? 'bad' : fault === 'flat_line' ? 'uncertain' : 'good';
  const value = fault === 'out_of_range' ? 481.2 : valueAt(property, fault === 'flat_line' ? 0 : time);
  return {
    value, time: new Date(time).toISOString(), received: new Date(time + 60).toISOString(), quality,
    quality_code: { good: 0, uncertain: 0x40000006, bad: 0x80000003 }[quality], reasons: quality === 'good' ? [] : [fault],
    stale, stale_since: stale ? new Date(time + 10_000).toISOString() : null,
  };
}

export function summaryOf(thing, now) {
  const values = thing.properties.map((property) => currentOf(thing, property, now));
  const has = (quality) => values.some((value) => value.quality === quality);
  const { id, title, enterprise, site, area, line, cell, tags, edge, source, model } = thing;
  return {
    id, title, enterprise, site, area, line, cell, tags, edge, source, model, property_count: thing.properties.length,
    quality: has('bad') ? 'bad' : has('uncertain') ? 'uncertain' : 'good', stale: values.some((value) => value.stale),
    last_sample: values[0].time,
  };
}

export function fitting(things, query, now) {
  const places = ['site', 'area', 'line', 'cell'].filter((name) => query.has(name));
  const tags = query.getAll('tag').map((tag) => tag.split(':'));
  return things.filter((thing) => places.every((name) => thing[name] === query.get(name))
    && tags.every(([key, value]) => thing.tags[key] === value)
    && (!query.get('model') || thing.model?.split('@')[0] === query.get('model').split('@')[0])
    && (!query.get('attention') || summaryOf(thing, now).stale || summaryOf(thing, now).quality !== 'good'));
}
