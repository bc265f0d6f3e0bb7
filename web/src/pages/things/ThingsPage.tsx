import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useSites, useThings } from '@/api/things';
import { ErrorNotice } from '@/components/ErrorNotice';
import { PageHead } from '@/components/PageHead';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { countAt, isNarrowed, parseFilter, queryOf, writeFilter, type Filter } from './filter';
import { NoThings } from './NoThings';
import { PlaceTree } from './PlaceTree';
import { ThingCount } from './ThingCount';
import { ThingList } from './ThingList';
import { ThingTools } from './ThingTools';
import './things.css';

/** Is the data flowing and good; what broke, since when. */
export function ThingsPage() {
  const { t } = useTranslation();
  const [query, setQuery] = useSearchParams();
  const filter = useMemo(() => parseFilter(query), [query]);
  const [words] = useDebouncedValue(filter.words.trim(), 120);
  const sites = useSites();
  const { query: found, things } = useThings(queryOf(filter, words));
  const change = (part: Partial<Filter>) => setQuery((old) => writeFilter(old, part), { replace: true });
  const narrowed = isNarrowed(filter);

  if (found.isPending) return <RowsSkeleton rows={12} />;
  if (found.isError && things.length === 0) {
    return <ErrorNotice error={found.error} sentence={t('things.failed')} onRetry={() => void found.refetch()} goesOn />;
  }
  if (things.length === 0 && !narrowed && filter.site === null) return <NoThings />;
  const counted = narrowed ? null : countAt(sites.data?.items ?? [], filter);
  const total = found.hasNextPage ? counted : things.length;
  return (
    <div className="page things-page">
      <PageHead title={t('nav.things')} beside={<ThingCount total={total} loaded={things.length} />} />
      <div className="things-columns">
        <PlaceTree sites={sites.data?.items ?? []} filter={filter} onChange={change} />
        <section className="panel things-main">
          <ThingTools filter={filter} onChange={change} />
          <ThingList
            things={things} total={total} more={found.hasNextPage} waiting={found.isPlaceholderData}
            onMore={() => { if (!found.isFetchingNextPage && !found.isError) void found.fetchNextPage(); }}
            onClear={() => setQuery({}, { replace: true })}
          />
        </section>
      </div>
    </div>
  );
}
