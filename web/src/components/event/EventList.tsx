import { useTranslation } from 'react-i18next';
import { useEvents } from '@/api/edges';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Moment } from '@/components/Moment';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { ShowMore } from '@/components/ShowMore';
import { EventSubject } from './EventSubject';
import { EventText } from './EventText';
import './event.css';

interface Props {
  /** A thing, an edge or an import; all of them when left out. */
  subject?: string;
  /** Only kinds that begin with this word. */
  kind?: string;
}

/** What happened, newest first. */
export function EventList({ subject, kind }: Props) {
  const { t } = useTranslation();
  const { query, items } = useEvents({ subject, kind });
  if (query.isPending) return <RowsSkeleton rows={3} />;
  if (query.isError && !query.data) {
    return <ErrorNotice error={query.error} sentence={t('event.failed')} onRetry={() => void query.refetch()} />;
  }
  if (items.length === 0) return <p className="quiet" style={{ padding: '4px 16px' }}>{t('event.none')}</p>;
  return (
    <>
      <ol className={subject === undefined ? 'event-list of-all' : 'event-list'}>
        {items.map((event) => (
          <li key={event.id}>
            <span className="quiet"><Moment time={event.time} /></span>
            {subject === undefined && <span className="clip"><EventSubject event={event} /></span>}
            <EventText event={event} />
          </li>
        ))}
      </ol>
      <ShowMore query={query} />
    </>
  );
}
