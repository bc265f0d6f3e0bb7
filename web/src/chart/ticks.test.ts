import { describe, expect, it } from 'vitest';
import { toLocalField } from '@/format/time';
import { tickStep, timeTicks } from './ticks';

const at = (text: string) => Date.parse(text);

describe('ticks of a time axis', () => {
  it('stand at round times and are no more than there is room for', () => {
    const ticks = timeTicks(at('2026-03-01T05:03:07Z'), at('2026-03-01T06:03:07Z'), 'UTC', 8);
    expect(ticks.map((ms) => new Date(ms).toISOString().slice(11, 16))).toEqual(['05:10', '05:20', '05:30', '05:40', '05:50', '06:00']);
    expect(tickStep(3_600_000, 8)).toBe(600_000);
  });
  it('stand at local midnights, also across a change of the clocks', () => {
    const ticks = timeTicks(at('2026-03-27T12:00:00Z'), at('2026-03-31T12:00:00Z'), 'Europe/Berlin', 6);
    expect(ticks.map((ms) => toLocalField(ms, 'Europe/Berlin'))).toEqual([
      '2026-03-28T00:00:00', '2026-03-29T00:00:00', '2026-03-30T00:00:00', '2026-03-31T00:00:00',
    ]);
  });
  it('stay few over ten years', () => {
    const ticks = timeTicks(at('2016-01-01T00:00:00Z'), at('2026-01-01T00:00:00Z'), 'UTC', 8);
    expect(ticks.length).toBeLessThanOrEqual(8);
    expect(ticks.length).toBeGreaterThan(2);
  });
});
