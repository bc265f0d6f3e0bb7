import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Canvas } from '@/chart/Canvas';
import { chartPalette, lineColor } from '@/chart/colors';
import { timeTicks } from '@/chart/ticks';
import { axisLabel, formatDateTime } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useSiteZone } from '@/time/site_clock';
import { spanOf, type ResultLine } from './chart_of';

const HEIGHT = 320;
const GRID = { left: 62, right: 18, top: 14, bottom: 30 };

/** The numbers of a result over its time; the table says the same to a screen reader. */
export function ResultChart({ lines }: { lines: ResultLine[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useSiteZone();
  const dark = useComputedColorScheme('light') === 'dark';
  const { ref, width } = useElementSize();
  const option = useMemo(() => {
    const palette = chartPalette(dark);
    const [start, end] = spanOf(lines);
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: GRID,
      tooltip: {
        trigger: 'axis', confine: true, transitionDuration: 0, backgroundColor: palette.panel, borderColor: palette.line,
        textStyle: { color: palette.text, fontSize: 12 },
        axisPointer: { label: { formatter: ({ value }: { value: number }) => formatDateTime(value, locale, zone) } },
      },
      xAxis: {
        type: 'value', min: start, max: end, splitLine: { show: false }, axisLine: { lineStyle: { color: palette.line } },
        axisTick: { customValues: timeTicks(start, end, zone, Math.floor(width / 95)) },
        axisLabel: {
          color: palette.quiet, hideOverlap: true, customValues: timeTicks(start, end, zone, Math.floor(width / 95)),
          formatter: (ms: number) => axisLabel(ms, end - start, locale, zone),
        },
      },
      yAxis: { type: 'value', scale: true, axisLabel: { color: palette.quiet }, splitLine: { lineStyle: { color: palette.line } } },
      series: lines.map((line, i) => ({
        id: line.name, name: line.name, type: 'line', connectNulls: false, symbol: 'circle', symbolSize: 4,
        showSymbol: line.points.length < 60, lineStyle: { color: lineColor(i, dark), width: 1.6 },
        itemStyle: { color: lineColor(i, dark) }, data: line.points,
      })),
    };
  }, [lines, dark, locale, zone, width]);
  return (
    <figure className="sql-chart" aria-label={t('sql.chartOf', { names: lines.map((line) => line.name).join(', ') })}>
      <figcaption>
        {lines.map((line, i) => <span key={line.name}><i style={{ background: lineColor(i, dark) }} />{line.name}</span>)}
      </figcaption>
      <div ref={ref} style={{ height: HEIGHT }}>{width > 0 && <Canvas option={option} width={width} height={HEIGHT} />}</div>
    </figure>
  );
}
