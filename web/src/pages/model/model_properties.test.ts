import { describe, expect, it } from 'vitest';
import { modelActions, modelLinks, modelProperties } from './model_properties';

describe('the properties of a model', () => {
  it('have type, range, rate, rules and limits as the model writes them', () => {
    const spec = {
      properties: {
        flow: {
          type: 'number', 'mr:type': 'f64', unit: 'm3/h', minimum: 0, maximum: '{{MAX}}', readOnly: true, 'mr:interval_ms': 1000,
          'mr:quality': { stale_s: 30 }, 'mr:filter': { deadband: 0.1 }, 'mr:alarms': [{ name: 'high', above: 100 }, { name: 'low_low', below: 2, severity: 'bad' }],
        },
      },
    };
    expect(modelProperties(spec, spec)).toEqual([{
      name: 'flow', type: 'f64', unit: 'm3/h', min: '0', max: '{{MAX}}', intervalMs: 1000, rules: [['stale_s', '30'], ['deadband', '0.1']],
      alarms: [{ name: 'high', above: 100, below: null, severity: 'uncertain' }, { name: 'low_low', above: null, below: 2, severity: 'bad' }],
      writable: false, origin: { kind: 'own', from: null },
    }]);
  });
  it('include what it inherits, and each line says from where', () => {
    const vibration = { type: 'number', unit: 'mm/s', readOnly: true };
    const written = {
      links: [{ rel: 'tm:extends', href: 'rotating@1' }, { rel: 'tm:submodel', href: 'motor@3', instanceName: 'drive' }],
      properties: { flow: vibration, speed: { maximum: 3000 }, temperature: { 'tm:ref': 'heater@2#/properties/temperature' }, pressure: { 'tm:ref': 'tank@1#/properties/p', maximum: 4 } },
    };
    const resolved = {
      properties: {
        vibration, flow: vibration, speed: { ...vibration, maximum: 3000 }, 'drive.current': { type: 'number', unit: 'A' },
        temperature: vibration, pressure: { ...vibration, maximum: 4 },
      },
    };
    expect(modelProperties(resolved, written).map((one) => [one.name, one.unit, one.origin.kind, one.origin.from])).toEqual([
      ['vibration', 'mm/s', 'inherited', 'rotating@1'], ['flow', 'mm/s', 'own', null], ['speed', 'mm/s', 'changed', 'rotating@1'],
      ['drive.current', 'A', 'inherited', 'motor@3'], ['temperature', 'mm/s', 'inherited', 'heater@2'], ['pressure', 'mm/s', 'changed', 'tank@1'],
    ]);
  });
});

it('survives a document that has none of it', () => {
  expect([modelProperties({}, {}), modelActions({ actions: null }), modelLinks({ links: 'x' })]).toEqual([[], [], []]);
  expect(modelLinks({ links: [{ rel: 'tm:extends', href: 'a@1' }, {}] })).toEqual([{ rel: 'extends', href: 'a@1', instance: '' }]);
});
