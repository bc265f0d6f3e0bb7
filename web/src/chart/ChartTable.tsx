import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber, unitText } from '@/format/number';
import { formatInstant } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useSiteZone } from '@/time/site_clock';
import { SummaryTable } from './SummaryTable';
import { marksAt, type Line } from './lines';

interface Props {
  lines: Line[];
  labels: ReadonlyMap<string, string>;
  rangeMs: number;
  height: number;
}

const ROW = 30;

interface Row {
  key: string;
  line: Line;
  time: number;
  value: number | null;
  min: number | null;
  max: number | null;
}

/** What the chart draws, as numbers: newest first, each with its lowest and highest. */
export function ChartTable({ lines, labels, height }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useSiteZone();
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(lines), [lines]);
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => scroll.current, estimateSize: () => ROW, overscan: 12 });
  const number = (value: number | null) => (value === null ? '–' : formatNumber(value, locale));

  return (
    <div>
      <SummaryTable lines={lines} labels={labels} />
      <div ref={scroll} style={{ height, overflowY: 'auto' }} tabIndex={0} role="region" aria-label={t('chart.rows')}>
        <div role="table" aria-label={t('chart.rows')} aria-rowcount={rows.length + 1}>
          <div role="row" className="chart-row chart-row-head quiet">
            <span role="columnheader">{t('chart.time')}</span><span role="columnheader">{t('chart.property')}</span>
            <span role="columnheader" className="num">{t('chart.average')}</span>
            <span role="columnheader" className="num">{t('chart.lowest')}</span>
            <span role="columnheader" className="num">{t('chart.highest')}</span>
            <span role="columnheader">{t('value.quality')}</span>
          </div>
          <div style={{ height: list.getTotalSize(), position: 'relative' }}>
            {list.getVirtualItems().map((item) => {
              const row = rows[item.index]!;
              const mark = marksAt({ ...row.line, stepMs: 0 }, row.time, 0);
              return (
                <div key={row.key} role="row" aria-rowindex={item.index + 2} className="chart-row" style={{ position: 'absolute', top: item.start, left: 0, right: 0, height: ROW }}>
                  <span role="cell">{formatInstant(row.time, locale, zone)}</span>
                  <span role="cell" className="clip">{labels.get(row.line.key) ?? row.line.key}</span>
                  <span role="cell" className="num">{number(row.value)} {unitText(row.line.unit)}</span>
                  <span role="cell" className="num">{number(row.min)}</span>
                  <span role="cell" className="num">{number(row.max)}</span>
                  <span role="cell" className={mark?.quality}>{mark ? `${t(`quality.${mark.quality}`)} × ${mark.count}` : ''}</span>
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

function rowsOf(lines: Line[]): Row[] {
  return lines
    .flatMap((line) => line.points
      .filter((point, i) => point.value !== null || line.points[i - 1]?.time !== point.time)
      .filter((point) => point.value !== null || line.marks.some((mark) => mark.time === point.time))
      .map((point, i): Row => ({ key: `${line.key} ${point.time} ${i}`, line, ...point })))
    .sort((a, b) => b.time - a.time);
}
