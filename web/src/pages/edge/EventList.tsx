import { useTranslation } from 'react-i18next';
import { useEvents } from '@/api/edges';
import type { PlantEvent } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Moment } from '@/components/Moment';
import { RowsSkeleton } from '@/components/RowsSkeleton';
<<<<<<< HEAD

const KNOWN_KINDS = ['edge.assignment_refused', 'edge.connected', 'edge.disconnected', 'edge.reinstalled', 'edge.shut_out'];

/** What is wrong and what to do, in the words of whoever said it; empty for an event that says neither. */
function sentencesOf(body: PlantEvent['body']) {
  return [body.why, body.hint].filter((one) => typeof one === 'string' && one !== '').map((one) => String(one).replace(/\.?$/, '.')).join(' ');
}
=======
import { EventText } from './EventText';
>>>>>>> b69d55b (web: events, losses and roles are said in words, and an error says at once what the hub objects to)

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
<<<<<<< HEAD
          <span>{KNOWN_KINDS.includes(event.kind) ? t(`event.kind.${event.kind.replace('.', '_')}`) : event.kind}</span>
          {sentencesOf(event.body) === ''
            ? <span className="quiet mono clip">{Object.keys(event.body).length > 0 ? JSON.stringify(event.body) : ''}</span>
            : <span>{sentencesOf(event.body)}</span>}
=======
          <EventText event={event} />
>>>>>>> b69d55b (web: events, losses and roles are said in words, and an error says at once what the hub objects to)
        </li>
      ))}
    </ol>
  );
}
