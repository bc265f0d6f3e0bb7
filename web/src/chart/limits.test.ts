import { describe, expect, it, vi } from 'vitest';
import type { AlarmLimit } from '@/api/types';
import { chartPalette } from './colors';
import { limitMarks, limitValues } from './limits';
import type { Line } from './lines';
import { optionOf } from './option';
import { panelsOf } from './panels';

vi.stubGlobal('document', { body: {} });
vi.stubGlobal('getComputedStyle', () => ({ fontFamily: 'sans' }));

const high: AlarmLimit = { name: 'high', above: 7.1, below: null, severity: 'uncertain' };
const lowest: AlarmLimit = { name: 'low_low', above: null, below: -2, severity: 'bad' };
const palette = chartPalette(false);
const line = (key: string): Line => ({ key, thing: 'p', property: key, unit: 'mm/s', type: 'f64', points: [{ time: 0, value: 2, min: 2, max: 2 }, { time: 9, value: 3, min: 3, max: 3 }], marks: [], stepMs: null, stepped: false });
const optionWith = (allLimits: boolean) => optionOf({
  panels: panelsOf([line('vibration'), line('flow')], 'stacked'), colors: new Map(), palette, start: 0, end: 10, width: 600, locale: 'en-GB', zone: 'UTC',
  on: 'on', off: 'off', tooltip: () => '', limits: new Map([['vibration', [high, lowest]]]), allLimits,
});
type Drawn = { id: string; data: unknown[]; markLine?: { data: { yAxis: number }[] } };
const seriesOf = (allLimits: boolean, id: string) => (optionWith(allLimits).series as Drawn[]).find((one) => one.id === id)!;

describe('alarm limits in a chart', () => {
  it('are lines of their property alone, each with its name and where it begins', () => {
    expect(seriesOf(false, 'vibration').markLine!.data.map((one) => one.yAxis)).toEqual([7.1, -2]);
    expect(seriesOf(false, 'flow').markLine!.data).toEqual([]);
    expect(limitMarks([high, lowest], palette, 'en-GB').data.map((one) => one.label.formatter)).toEqual(['high > 7.1', 'low_low < −2']);
  });
  it('have no alarm colour: nothing is wrong yet', () => {
    for (const one of limitMarks([high, lowest], palette, 'en-GB').data) expect(one.lineStyle.color).toBe(palette.quiet);
  });
  it('do not stretch the scale unless they are asked for', () => {
    expect(seriesOf(false, 'reach 0').data).toEqual([]);
    expect(seriesOf(true, 'reach 0').data).toEqual([[0, 7.1], [0, -2]]);
    expect(seriesOf(true, 'reach 1').data).toEqual([]);
  });
  it('that have no value are left out', () => {
    expect(limitValues(new Map([['flow', [{ ...high, above: null }]]]), [line('flow')])).toEqual([]);
  });
});
