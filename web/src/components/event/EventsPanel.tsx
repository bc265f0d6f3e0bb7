import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '@/components/Panel';
import { EventList } from './EventList';

const NOUNS = ['backfill', 'binding', 'command', 'correction', 'edge', 'import', 'store', 'unit'] as const;

/** What happened at things, edges, imports and the store, or at one of these. */
export function EventsPanel() {
  const { t } = useTranslation();
  const [noun, setNoun] = useState('');
  return (
    <Panel
      title={t('event.title')}
      aside={
        <NativeSelect
          size="xs" aria-label={t('event.about')} value={noun} onChange={(event) => setNoun(event.currentTarget.value)}
          data={[{ value: '', label: t('event.all') }, ...NOUNS.map((one) => ({ value: one, label: t(`event.noun.${one}`) }))]}
        />
      }
    >
      <EventList kind={noun || undefined} />
    </Panel>
  );
}
