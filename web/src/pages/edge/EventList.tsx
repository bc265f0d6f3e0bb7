import { useTranslation } from 'react-i18next';
import { useEvents } from '@/api/edges';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Moment } from '@/components/Moment';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { EventText } from './EventText';

/** What happened, newest first. */
export function EventList({ subject }: { subject: string }) {
  const { t } = useTranslation();
  const events = useEvents({ subject, limit: 30 });
  if (events.isPending) return <RowsSkeleton rows={3} />;
  if (events.isError && !events.data) {
    return <ErrorNotice error={events.error} sentence={t('event.failed')} onRetry={() => void events.refetch()} />;
  }
  if (events.data.items.length === 0) return <p className="quiet" style={{ padding: '4px 16px' }}>{t('event.none')}</p>;
  return (
    <ol className="event-list">
      {events.data.items.map((event) => (
        <li key={event.id}>
          <span className="quiet"><Moment time={event.time} /></span>
          <EventText event={event} />
        </li>
      ))}
    </ol>
  );
}
