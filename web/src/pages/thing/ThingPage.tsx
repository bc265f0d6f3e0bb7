import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { useFollow, useLiveState, useLiveThing } from '@/api/live/live_hub';
import { useCorrections } from '@/api/quality';
import { useThing } from '@/api/things';
import { ErrorNotice } from '@/components/ErrorNotice';
import { EventList } from '@/components/event/EventList';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { TabLinks } from '@/components/TabLinks';
import { tabOf } from '@/components/tab_of';
import { RevisionList } from '@/components/change/RevisionList';
import { useRange } from '@/time/use_range';
import { PropertyTable } from './PropertyTable';
import { ThingChart } from './ThingChart';
import { ThingHead } from './ThingHead';
import { chosenProperties, writeChosen } from './chosen';
import { ActionList } from './twin/ActionList';
import { BindingTable } from './twin/BindingTable';
import { CorrectionFileBar } from './twin/CorrectionFileBar';
import { CorrectionTable } from './twin/CorrectionTable';
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
  const corrections = useCorrections(name).data?.items ?? [];
  const properties = useMemo(() => thing.data?.properties ?? [], [thing.data]);
  const chosen = useMemo(() => chosenProperties(query, properties), [query, properties]);

  if (thing.isPending) return <RowsSkeleton rows={10} />;
  if (thing.isError && !thing.data) {
    return <ErrorNotice error={thing.error} sentence={t('thing.failed', { name })} onRetry={() => void thing.refetch()} />;
  }
  const toggle = (property: string) => setQuery(writeChosen(query, properties, chosen, property), { replace: true });
  const tab = tabOf(query, ['values', 'binding', 'actions', 'corrections', 'changes']);
  const count = (number: number) => (number > 0 ? String(number) : undefined);
  return (
    <div className="page">
      <ThingHead thing={thing.data} live={live} lost={lost} />
      <TabLinks
        label={thing.data.title || name} current={tab}
        tabs={[
          { key: 'values', label: t('things.values') }, { key: 'binding', label: t('thing.bindingTab') },
          { key: 'actions', label: t('thing.actions'), count: count(thing.data.actions?.length ?? 0) },
          { key: 'corrections', label: t('correction.list'), count: count(corrections.length) }, { key: 'changes', label: t('thing.changes') },
        ]}
      />
      {tab === 'values' && (
        <div className="thing-columns">
          <Panel title={t('thing.properties')}>
            <PropertyTable thing={thing.data} live={live} lost={lost} chosen={chosen} onToggle={toggle} />
          </Panel>
          <ThingChart thing={thing.data} chosen={chosen} control={control} corrections={corrections} />
        </div>
      )}
      {tab === 'binding' && <section className="panel"><BindingTable thing={thing.data} /></section>}
      {tab === 'actions' && <section className="panel"><ActionList thing={thing.data} /></section>}
      {tab === 'corrections' && <section className="panel"><CorrectionTable corrections={corrections} /><CorrectionFileBar thing={name} count={corrections.length} /></section>}
      {tab === 'changes' && (
        <>
          <section className="panel"><RevisionList filter={{ name }} /></section>
          <Panel title={t('event.title')}><EventList subject={name} /></Panel>
        </>
      )}
    </div>
  );
}
