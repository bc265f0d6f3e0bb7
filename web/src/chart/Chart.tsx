import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useMemo, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Correction } from '@/api/types';
import { viewerZone } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useSiteZone } from '@/time/site_clock';
import { Canvas } from './Canvas';
import { ChartBands } from './ChartBands';
import { ChartHead } from './ChartHead';
import { chartPalette, lineColor } from './colors';
import type { LimitsOf } from './limits';
import type { Line } from './lines';
import { optionOf } from './option';
import { chartHeight, panelHeight, panelTop, panelsOf, type Layout } from './panels';
import './chart.css';
import { tooltipHtml } from './tooltip_html';
import { useDragZoom } from './use_drag_zoom';

interface Props {
  lines: Line[];
  labels: ReadonlyMap<string, string>;
  layout: Layout;
  start: number;
  end: number;
  corrections: Correction[];
  limits: LimitsOf;
  allLimits: boolean;
  onZoom: (start: number, end: number) => void;
  onMove: (part: number) => void;
  onScale: (factor: number) => void;
}

/** History as lines: linked cursors over all panels, zoom by dragging or by the keyboard. */
export function Chart({ lines, labels, layout, start, end, corrections, limits, allLimits, onZoom, onMove, onScale }: Props) {
  const { t } = useTranslation();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const dark = useComputedColorScheme('light') === 'dark';
  const locale = useLocale();
  const zone = useSiteZone();
  const { selection, handlers } = useDragZoom(width, start, end, onZoom);
  const panels = useMemo(() => panelsOf(lines, layout), [lines, layout]);
  const colors = useMemo(
    () => new Map(lines.map((line, i) => [line.key, lineColor(i, dark)])), [lines, dark],
  );
  const option = useMemo(() => {
    const words = {
      noSample: t('chart.noSample'), uncertain: t('quality.uncertain'), viewer: t('time.yours'),
      bad: (count: number) => t('chart.badSamples', { count }),
      on: t('value.on'), off: t('value.off'),
    };
    const tooltip = (time: number) => tooltipHtml(
      { lines, labels, colors, rangeMs: end - start, locale, zone, viewerZone: viewerZone(), words }, time,
    );
    return optionOf({
      panels, colors, palette: chartPalette(dark), start, end, width, locale, zone,
      on: words.on, off: words.off, tooltip, limits, allLimits,
    });
  }, [panels, lines, labels, colors, dark, start, end, width, locale, zone, limits, allLimits, t]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') onMove(-0.25);
    else if (event.key === 'ArrowRight') onMove(0.25);
    else if (event.key === '+' || event.key === '=') onScale(0.5);
    else if (event.key === '-') onScale(2);
    else return;
    event.preventDefault();
  };

  const height = chartHeight(panels.length);
  return (
    <div
      ref={ref} className="chart" style={{ height }} tabIndex={0} role="group" onKeyDown={onKeyDown}
      aria-label={t('chart.label', { count: lines.length })} onDoubleClick={() => onScale(2)} {...handlers}
    >
      {width > 0 && <Canvas option={option} width={width} height={height} />}
      {panels.map((panel, i) => (
        <ChartHead
          key={panel.key} panel={panel} labels={labels} colors={colors} limits={limits}
          top={panelTop(i, panelHeight(panels.length)) - 22}
        />
      ))}
      {width > 0 && <ChartBands corrections={corrections} panels={panels} start={start} end={end} width={width} />}
      {selection && (
        <div className="chart-select" style={{ left: selection.from, width: selection.to - selection.from }} />
      )}
    </div>
  );
}
