import { describe, expect, it } from 'vitest';
import type { Line } from './lines';
import { tooltipHtml } from './tooltip_html';

const T0 = Date.parse('2026-03-01T06:00:00Z');
const line: Line = {
  key: 'pump-1/flow', thing: 'pump-1', property: 'flow', unit: '<b>m3</b>', type: 'f64', stepMs: 1000, stepped: false,
  points: [{ time: T0, value: 41.7, min: 40, max: 43 }], marks: [{ time: T0, quality: 'bad', count: 3 }],
};
const words = { noSample: 'no sample', bad: (count: number) => `${count} bad`, uncertain: 'Uncertain', viewer: 'your time', on: 'On', off: 'Off' };

function html(time: number, viewerZone = 'Europe/Berlin') {
  return tooltipHtml({
    lines: [line], labels: new Map([[line.key, '<script>alert(1)</script>']]), colors: new Map([[line.key, '#123456']]),
    rangeMs: 60_000, locale: 'en-GB', zone: 'Europe/Berlin', viewerZone, words,
  }, time);
}

describe('the text at the cursor', () => {
  it('escapes what comes from outside', () => {
    expect(html(T0)).not.toContain('<script>');
    expect(html(T0)).not.toContain('<b>');
    expect(html(T0)).toContain('&lt;script&gt;');
  });
  it('says value, lowest, highest and what was bad', () => {
    expect(html(T0)).toContain('41.70');
    expect(html(T0)).toContain('40.00 … 43.00');
    expect(html(T0)).toContain('✕ 3 bad');
  });
  it('has the time of the viewer beside that of the site when they differ', () => {
    expect(html(T0)).not.toContain('your time');
    expect(html(T0, 'Asia/Shanghai')).toContain('your time 1 Mar 2026, 14:00:00');
  });
  it('says that there is no sample in a gap', () => {
    expect(html(T0 + 30_000)).toContain('no sample');
  });
});
