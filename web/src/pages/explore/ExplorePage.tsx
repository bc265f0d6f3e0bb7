import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useFollow } from '@/api/live/live_hub';
import { useSeriesOf } from '@/api/things';
import { AsCameButton } from '@/chart/AsCameButton';
import { ChartCard } from '@/chart/ChartCard';
import { isAsCame } from '@/chart/as_came';
import { lineKey } from '@/chart/lines';
import { Empty } from '@/components/Empty';
import { PageHead } from '@/components/PageHead';
import { labelOf } from '@/format/number';
import { useRange } from '@/time/use_range';
import { PickList } from './PickList';
import { SeriesPicker } from './SeriesPicker';
import { parsePicks, writePicks } from './picks';
import './explore.css';

/** Several properties of several things, under one cursor. */
export function ExplorePage() {
  const { t } = useTranslation();
  const [query, setQuery] = useSearchParams();
  const named = query.get('s') ?? '';
  const picks = useMemo(() => parsePicks(named), [named]);
  const layout = query.get('layout') === 'together' ? 'together' : 'stacked';
  const control = useRange();
  const things = useMemo(() => [...new Set(picks.map((pick) => pick.thing))].sort(), [picks]);
  const series = useSeriesOf(things).data?.items;
  // Only what the hub knows: the stream refuses any other name.
  const known = useMemo(
    () => things.filter((thing) => series?.some((one) => one.thing === thing)), [things, series],
  );
  useFollow(known);
  const labels = useMemo(() => new Map(picks.map((pick) => {
    const known = series?.find((one) => one.thing === pick.thing && one.property === pick.property);
    return [lineKey(pick.thing, pick.property), `${pick.thing} · ${labelOf(known?.title ?? '', pick.property)}`];
  })), [picks, series]);
  const change = (next: typeof picks) => setQuery((old) => writePicks(old, next), { replace: true });
  const setLayout = (value: string) => setQuery((old) => {
    const next = new URLSearchParams(old);
    next.set('layout', value);
    return next;
  }, { replace: true });

  return (
    <div className="page">
      <PageHead title={t('nav.explore')} />
      <section className="panel explore-picks">
        <SeriesPicker picks={picks} onChange={change} />
        <PickList picks={picks} labels={labels} onChange={change} />
      </section>
      <ChartCard
        title={t('thing.history')} picks={picks} labels={labels} layout={layout} control={control} asCame={isAsCame(query)}
        tools={
          <>
            {picks.length > 0 && <AsCameButton />}
            <SegmentedControl
              size="xs" value={layout} onChange={setLayout} aria-label={t('explore.layout')}
              data={[{ value: 'stacked', label: t('explore.stacked') }, { value: 'together', label: t('explore.together') }]}
            />
          </>
        }
        empty={<Empty title={t('explore.emptyTitle')}>{t('explore.emptyText')}</Empty>}
      />
    </div>
  );
}
