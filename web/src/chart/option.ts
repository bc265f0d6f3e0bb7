// What ECharts is told: one grid a panel, one hidden scale for the quality marks at its foot.
import { axisLabel } from '@/format/time';
import { formatTick } from '@/format/number';
import type { ChartPalette } from './colors';
import { limitMarks, limitValues, reachSeries, type LimitsOf } from './limits';
import type { Line, Mark } from './lines';
import { PANEL_MARGIN, panelHeight, panelTop, type Panel } from './panels';
import { timeTicks } from './ticks';

export interface OptionInput {
  panels: Panel[];
  colors: ReadonlyMap<string, string>;
  palette: ChartPalette;
  start: number;
  end: number;
  width: number;
  locale: string;
  zone: string;
  on: string;
  off: string;
  tooltip: (time: number) => string;
  limits: LimitsOf;
  /** The scales reach every limit, however far it is from the values. */
  allLimits: boolean;
}

const MARK_PATHS = { bad: 'path://M0,0L10,10M10,0L0,10', uncertain: 'diamond' } as const;

export function optionOf(input: OptionInput) {
  const { panels, palette, start, end } = input;
  const ticks = timeTicks(start, end, input.zone, Math.floor(input.width / 95));
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: tooltipOf(input),
    grid: panels.map((_, i) => ({
      left: PANEL_MARGIN.left, right: PANEL_MARGIN.right, top: panelTop(i, panelHeight(panels.length)),
      height: panelHeight(panels.length),
    })),
    xAxis: panels.map((_, i) => ({
      type: 'value', gridIndex: i, min: start, max: end,
      axisLine: { show: true, lineStyle: { color: palette.line } },
      splitLine: { show: false },
      axisTick: { customValues: ticks, lineStyle: { color: palette.quiet }, show: i === panels.length - 1 },
      axisLabel: {
        show: i === panels.length - 1, customValues: ticks, color: palette.quiet, hideOverlap: true,
        formatter: (ms: number) => axisLabel(ms, end - start, input.locale, input.zone),
      },
      axisPointer: { show: true, label: { show: false }, lineStyle: { color: palette.quiet, type: 'solid' } },
    })),
    yAxis: panels.flatMap((panel, i) => [valueAxis(panel, i, input), markAxis(i)]),
    series: panels.flatMap((panel, i) => [
      ...panel.lines.flatMap((line) => seriesOf(line, i, input)),
      reachSeries(reachOf(panel, input), start, axesOf(i)),
    ]),
  };
}

function tooltipOf({ palette, tooltip }: OptionInput) {
  return {
    trigger: 'axis', confine: true, transitionDuration: 0, padding: [8, 10],
    backgroundColor: palette.panel, borderColor: palette.line,
    textStyle: { color: palette.text, fontSize: 12 },
    formatter: (params: unknown) => {
      const first = (Array.isArray(params) ? params[0] : params) as { axisValue?: number } | undefined;
      return first?.axisValue === undefined ? '' : tooltip(Number(first.axisValue));
    },
  };
}

function valueAxis(panel: Panel, index: number, input: OptionInput) {
  const { palette, locale, on, off } = input;
  const span = spanOf(panel, reachOf(panel, input));
  const states = panel.lines.every((line) => line.type === 'bool');
  return {
    type: 'value', gridIndex: index, scale: true, splitNumber: 3,
    min: states ? -0.1 : undefined, max: states ? 1.1 : undefined,
    axisLabel: {
      color: palette.quiet, customValues: states ? [0, 1] : undefined,
      formatter: (value: number) => (states ? (value > 0.5 ? on : off) : formatTick(value, span, locale)),
    },
    axisTick: { show: !states },
    splitLine: { show: !states, lineStyle: { color: palette.line } },
    axisPointer: { show: false },
  };
}

/** What the scale must hold beside the values. */
function reachOf(panel: Panel, { limits, allLimits }: OptionInput): number[] {
  return allLimits ? limitValues(limits, panel.lines) : [];
}

/** From the lowest to the highest that a panel draws. */
function spanOf(panel: Panel, reach: readonly number[]): number {
  const shown = panel.lines.flatMap((line) => line.points.filter((point) => point.value !== null));
  const low = shown.reduce((least, point) => Math.min(least, point.min ?? point.value!), Math.min(...reach));
  const high = shown.reduce((most, point) => Math.max(most, point.max ?? point.value!), Math.max(...reach));
  return high > low ? high - low : 0;
}

function markAxis(index: number) {
  return { type: 'value', gridIndex: index, min: 0, max: 1, show: false, axisPointer: { show: false } };
}

function axesOf(panel: number) {
  return { xAxisIndex: panel, yAxisIndex: panel * 2 };
}

function seriesOf(line: Line, panel: number, { colors, palette, limits, locale }: OptionInput) {
  const axes = axesOf(panel);
  const color = colors.get(line.key)!;
  const plain = {
    ...axes, type: 'line', showSymbol: false, silent: true, emphasis: { disabled: true },
    connectNulls: false, step: line.stepped ? 'end' : undefined,
  };
  const hasBand = line.stepMs !== null && !line.stepped;
  const band = hasBand ? [
    { ...plain, id: `${line.key} min`, stack: line.key, stackStrategy: 'all', lineStyle: { opacity: 0 },
      data: line.points.map((point) => [point.time, point.min]) },
    { ...plain, id: `${line.key} band`, stack: line.key, stackStrategy: 'all', lineStyle: { opacity: 0 },
      areaStyle: { color, opacity: 0.2 },
      data: line.points.map((p) => [p.time, p.max === null || p.min === null ? null : p.max - p.min]) },
  ] : [];
  return [
    ...band,
    { ...plain, id: line.key, lineStyle: { color, width: 1.6 }, itemStyle: { color },
      showSymbol: line.points.length < 40, symbol: 'circle', symbolSize: 4,
      markLine: limitMarks(limits.get(line.key) ?? [], palette, locale),
      data: line.points.map((point) => [point.time, point.value]) },
    ...(['bad', 'uncertain'] as const).map((quality) => ({
      ...axes, yAxisIndex: panel * 2 + 1, id: `${line.key} ${quality}`, type: 'scatter', silent: true,
      symbol: MARK_PATHS[quality], symbolSize: 7, tooltip: { show: false },
      itemStyle: { color: palette[quality], borderColor: palette[quality], borderWidth: 1.6 },
      data: thinned(line.marks.filter((mark) => mark.quality === quality)),
    })),
  ];
}

/** Marks at the foot of the panel; of thousands, enough to fill the line they form. */
function thinned(marks: Mark[]): [number, number][] {
  const every = Math.ceil(marks.length / 400);
  return marks.filter((_, i) => i % every === 0).map((mark) => [mark.time, 0.045]);
}
