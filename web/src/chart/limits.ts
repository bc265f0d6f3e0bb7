// Alarm limits in a chart: quiet dashed lines where the scale reaches them, and on demand a scale
// that reaches all of them. Pure.
import type { AlarmLimit } from '@/api/types';
import { limitText, limitValue } from '@/format/limit';
import type { ChartPalette } from './colors';
import type { Line } from './lines';

/** Limits by the key of their line. */
export type LimitsOf = ReadonlyMap<string, readonly AlarmLimit[]>;

export function limitValues(limits: LimitsOf, lines: readonly Line[]): number[] {
  return lines.flatMap((line) => (limits.get(line.key) ?? []).map(limitValue)).filter((value) => value !== null);
}

/** Lines across the panel; one that lies outside of the scale is not drawn and does not stretch it. */
export function limitMarks(limits: readonly AlarmLimit[], palette: ChartPalette, locale: string) {
  return {
    silent: true, animation: false, symbol: 'none',
    data: limits.flatMap((limit) => {
      const yAxis = limitValue(limit);
      if (yAxis === null) return [];
      const isAlarm = limit.severity === 'bad';
      return [{
        yAxis,
        lineStyle: { color: palette.quiet, width: isAlarm ? 1.4 : 1, type: isAlarm ? [8, 3] : [3, 4] },
        label: { formatter: `${limit.name} ${limitText(limit, locale)}`, position: limit.above === null ? 'insideEndBottom' : 'insideEndTop', color: palette.quiet, fontSize: 11 },
      }];
    }),
  };
}

/** Draws nothing, and makes the scale hold these values. */
export function reachSeries(values: readonly number[], start: number, axes: { xAxisIndex: number; yAxisIndex: number }) {
  return {
    ...axes, type: 'line', id: `reach ${axes.xAxisIndex}`, silent: true, symbol: 'none', lineStyle: { opacity: 0 }, tooltip: { show: false },
    data: values.map((value) => [start, value]),
  };
}
