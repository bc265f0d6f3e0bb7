import { expect, it } from 'vitest';
import { modelActions, modelLinks, modelProperties } from './model_properties';

it('reads type, range, rate and rules of a property as the model writes them', () => {
  const [flow, ref] = modelProperties({
    properties: {
      flow: { type: 'number', 'mr:type': 'f64', unit: 'm3/h', minimum: 0, maximum: '{{MAX}}', readOnly: true, 'mr:interval_ms': 1000, 'mr:quality': { stale_s: 30 }, 'mr:filter': { deadband: 0.1 }, 'mr:alarms': [{}] },
      temperature: { 'tm:ref': 'rotating@1#/properties/temperature' },
    },
  });
  expect(flow).toEqual({ name: 'flow', type: 'f64', unit: 'm3/h', min: '0', max: '{{MAX}}', intervalMs: 1000, rules: [['stale_s', '30'], ['deadband', '0.1']], alarms: 1, writable: false });
  expect(ref).toMatchObject({ type: 'rotating@1#/properties/temperature', min: '', rules: [], writable: true });
});
it('survives a document that has none of it', () => {
  expect([modelProperties({}), modelActions({ actions: null }), modelLinks({ links: 'x' })]).toEqual([[], [], []]);
  expect(modelLinks({ links: [{ rel: 'tm:extends', href: 'a@1' }, {}] })).toEqual([{ rel: 'extends', href: 'a@1' }]);
});
