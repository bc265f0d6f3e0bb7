import { memo, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useLiveThing } from '@/api/live/live_hub';
import type { Series, Thing } from '@/api/types';
import { Moment } from '@/components/Moment';
import { QualityMark } from '@/components/QualityMark';
import { NO_VALUE } from '@/format/number';
import { RowReading } from './RowReading';
import { stateOf, troubledFirst } from './thing_state';

interface Props {
  thing: Thing;
  series: Series[] | undefined;
  top: number;
  height: number;
  lost: boolean;
  position: number;
  total: number;
  /** How many values there is room for. */
  room: number;
}

export const ThingRow = memo(function ThingRow({ thing, series, top, height, lost, position, total, room }: Props) {
  const { t } = useTranslation();
  const live = useLiveThing(thing.id);
  const state = stateOf(thing, live);
  const shown = useMemo(() => troubledFirst(series, live).slice(0, room), [series, live, room]);
  const place = [thing.site, thing.area, thing.line, thing.cell].filter(Boolean).join(' › ');
  return (
    <div
      role="listitem" aria-posinset={position} aria-setsize={total} className="thing-row"
      style={{ position: 'absolute', top, height, left: 0, right: 0 }}
    >
      <span className="thing-name">
        <Link to={`/things/${thing.id}`} className="clip" title={thing.title || thing.id}>{thing.title || thing.id}</Link>
        <span className="quiet clip thing-place" title={place || thing.id}>{place || thing.id}</span>
      </span>
      <span className="thing-values">
        {shown.map((one) => (
          <RowReading key={one.id} series={one} current={live?.get(one.property)} lost={lost} />
        ))}
        {thing.property_count > room && (
          <span className="quiet thing-more" title={t('things.moreValues', { count: thing.property_count - room })}>
            +{thing.property_count - room}
          </span>
        )}
      </span>
      <span className="quiet clip thing-model" title={thing.model ?? undefined}>{thing.model ?? NO_VALUE}</span>
      <QualityMark quality={state.quality} stale={state.stale || (lost && thing.source !== 'import')} quiet />
      <Moment time={state.lastSample} as="age" />
      <span className="quiet clip">{thing.edge ?? t(`source.kind.${thing.source}`)}</span>
    </div>
  );
});
