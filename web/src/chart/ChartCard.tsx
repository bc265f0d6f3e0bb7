import { Alert, Skeleton } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Pick } from '@/api/history';
import type { Correction } from '@/api/types';
import { Delayed } from '@/components/Delayed';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { spanOfRange } from '@/time/range';
import type { RangeControl } from '@/time/use_range';
import { Chart } from './Chart';
import { ChartTable } from './ChartTable';
import { ChartTools } from './ChartTools';
import { RangePicker } from './RangePicker';
import type { LimitsOf } from './limits';
import { isDrawable } from './lines';
import { chartHeight, panelHeight, type Layout } from './panels';
import { useLines } from './use_lines';

interface Props {
  title: string;
  picks: Pick[];
  labels: ReadonlyMap<string, string>;
  layout: Layout;
  control: RangeControl;
  tools?: ReactNode;
  empty: ReactNode;
  /** Corrected time, shown as bands. */
  corrections?: Correction[];
  /** Alarm limits, drawn where the scale reaches them. */
  limits?: LimitsOf;
  /** The scale reaches all of them. */
  allLimits?: boolean;
  /** The samples as they came, without corrections. */
  asCame?: boolean;
  /** Dragging chooses a time instead of zooming. */
  onSelect?: (start: number, end: number) => void;
}

const NONE: Correction[] = [];
const NO_LIMITS: LimitsOf = new Map();

/** A chart with everything around it: range, zoom, states, and the same as a table. */
export function ChartCard({ title, picks, labels, layout, control, tools, empty, corrections = NONE, limits = NO_LIMITS, allLimits = false, asCame = false, onSelect }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [asTable, setAsTable] = useState(false);
  const { query, lines } = useLines(picks, control, asCame);
  const drawn = lines.filter((line) => isDrawable(line.type));
  const stepMs = lines.find((line) => line.stepMs !== null)?.stepMs ?? null;
  const nothing = drawn.length > 0 && drawn.every((line) => line.points.length === 0);

  return (
    <Panel title={title} aside={<RangePicker control={control} />}>
      <ChartTools control={control} stepMs={stepMs} asTable={asTable} onTable={setAsTable} extra={tools} />
      {picks.length === 0 && empty}
      {picks.length > 0 && query.isPending && (
        <Delayed><Skeleton m="md" h={chartHeight(picks.length) - 40} w="auto" /></Delayed>
      )}
      {query.isError && <ErrorNotice error={query.error} sentence={t('chart.failed')} onRetry={() => void query.refetch()} goesOn={control.range.kind === 'live'} />}
      {onSelect && <Alert role="status" variant="light" mx="md" mb="xs" py={6}>{t('correction.dragHint')}</Alert>}
      {nothing && <Alert role="status" variant="light" color="gray" mx="md" mb="xs">{t('chart.nothing')}</Alert>}
      {drawn.length > 0 && !asTable && (
        <div style={{ padding: '4px 8px 8px' }}>
          <Chart
            lines={drawn} labels={labels} layout={layout} start={control.start} end={control.end}
            corrections={corrections} limits={limits} allLimits={allLimits} onZoom={onSelect ?? control.zoom} onMove={control.move} onScale={control.scale}
          />
          {query.data && <div className="quiet chart-version">{asCame && <>{t('chart.asCameNow')} · </>}{t('store.commit')} {formatInteger(query.data.commit, locale)}</div>}
        </div>
      )}
      {lines.length > 0 && asTable && (
        <ChartTable lines={lines} labels={labels} rangeMs={spanOfRange(control.range)} height={panelHeight(1) + 120} />
      )}
    </Panel>
  );
}
