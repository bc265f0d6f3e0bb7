import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { useFollow, useLiveState, useLiveThing } from '@/api/live/live_hub';
import { useThing } from '@/api/things';
import { ChartCard } from '@/chart/ChartCard';
import { isDrawable, lineKey } from '@/chart/lines';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { labelOf } from '@/format/number';
import { useRange } from '@/time/use_range';
import { ExportButton } from './ExportButton';
import { PropertyTable } from './PropertyTable';
import { ThingHead } from './ThingHead';
import { chosenProperties, writeChosen } from './chosen';
import './thing.css';

/** One thing: what it says now, how good that is, and how it came to be. */
export function ThingPage() {
  const { t } = useTranslation();
  const name = useParams().thing!;
  const [query, setQuery] = useSearchParams();
  const thing = useThing(name);
  // The stream refuses a name the hub does not know, so it is asked once the hub has answered.
  const known = thing.data?.id === name;
  useFollow(useMemo(() => (known ? [name] : []), [known, name]));
  const live = useLiveThing(name);
  const lost = useLiveState().phase === 'lost';
  const control = useRange();
  const properties = useMemo(() => thing.data?.properties ?? [], [thing.data]);
  const chosen = useMemo(() => chosenProperties(query, properties), [query, properties]);
  const labels = useMemo(
    () => new Map(properties.map((one) => [lineKey(name, one.name), labelOf(one.title, one.name)])), [name, properties],
  );
  const picks = useMemo(() => chosen.map((property) => ({ thing: name, property })), [chosen, name]);

  if (thing.isPending) return <RowsSkeleton rows={10} />;
  if (thing.isError && !thing.data) {
    return <ErrorNotice error={thing.error} sentence={t('thing.failed', { name })} onRetry={() => void thing.refetch()} />;
  }
  const toggle = (property: string) => setQuery(writeChosen(query, properties, chosen, property), { replace: true });
  return (
    <div className="page">
      <ThingHead thing={thing.data} live={live} lost={lost} />
      <div className="thing-columns">
        <Panel title={t('thing.properties')}>
          <PropertyTable thing={thing.data} live={live} lost={lost} chosen={chosen} onToggle={toggle} />
        </Panel>
        <ChartCard
          title={t('thing.history')} picks={picks} labels={labels} layout="stacked" control={control}
          tools={<ExportButton thing={name} properties={chosen.length > 0 ? chosen : properties.map((one) => one.name)} control={control} />}
          empty={
            <Empty title={t('chart.pickTitle')}>
              {properties.some((one) => isDrawable(one.type)) ? t('chart.pickText') : t('chart.noneDrawable')}
            </Empty>
          }
        />
      </div>
    </div>
  );
}
