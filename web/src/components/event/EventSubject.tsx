import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { PlantEvent } from '@/api/types';
import { pageOf } from './event_words';

/** What an event is about, with the way to its page. */
export function EventSubject({ event }: { event: PlantEvent }) {
  const { t } = useTranslation();
  const page = pageOf(event);
  if (page !== null) return <Anchor component={Link} to={page} fz="inherit" title={event.subject}>{event.subject}</Anchor>;
  return event.kind.startsWith('store.') ? t('system.store') : <span className="mono" title={event.subject}>{event.subject}</span>;
}
