import { SegmentedControl, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useAllThings, useSites } from '@/api/things';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { PageHead } from '@/components/PageHead';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { filterThings, parseFilter, writeFilter, type Filter } from './filter';
import { NoThings } from './NoThings';
import { PlaceTree } from './PlaceTree';
import { ThingList } from './ThingList';
import { ThingCount } from './ThingCount';
import './things.css';

/** Is the data flowing and good; what broke, since when. */
export function ThingsPage() {
  const { t } = useTranslation();
  const [query, setQuery] = useSearchParams();
  const filter = useMemo(() => parseFilter(query), [query]);
  const sites = useSites();
  const { query: things, things: all, complete } = useAllThings();
  const shown = useMemo(() => filterThings(all, filter), [all, filter]);
  const troubled = useMemo(
    () => filterThings(all, { ...filter, show: 'attention' }).length, [all, filter],
  );
  const locale = useLocale();
  const change = (part: Partial<Filter>) => setQuery(writeFilter(query, part), { replace: true });

  if (things.isPending) return <RowsSkeleton rows={12} />;
  if (things.isError && all.length === 0) {
    return <ErrorNotice error={things.error} sentence={t('things.failed')} onRetry={() => void things.refetch()} goesOn />;
  }
  if (all.length === 0) return <NoThings />;
  return (
    <div className="page things-page">
      <PageHead title={t('nav.things')} beside={<ThingCount shown={shown.length} known={all.length} complete={complete} />} />
      <div className="things-columns">
        <PlaceTree sites={sites.data?.items ?? []} filter={filter} onChange={change} />
        <section className="panel things-main">
          <div className="things-tools">
            <TextInput
              value={filter.words} onChange={(event) => change({ words: event.currentTarget.value })}
              placeholder={t('things.filter')} aria-label={t('things.filter')} leftSection={<Icon name="search" size={16} />}
              style={{ flex: 1, minWidth: 180 }} type="search"
            />
            <SegmentedControl
              value={filter.show} onChange={(show) => change({ show: show as Filter['show'] })}
              data={[{ value: 'all', label: t('things.all') }, { value: 'attention', label: t('things.attention', { number: formatInteger(troubled, locale) }) }]}
            />
          </div>
          <ThingList things={shown} filtered={shown.length < all.length} onClear={() => setQuery({}, { replace: true })} />
        </section>
      </div>
    </div>
  );
}
