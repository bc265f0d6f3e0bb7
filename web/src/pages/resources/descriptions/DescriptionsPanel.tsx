import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDescriptions } from '@/api/descriptions';
import { useMay } from '@/api/permission';
import { useSystem } from '@/api/system';
import type { ThingDescription } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { ShowMore } from '@/components/ShowMore';
import { DescriptionDialog } from './DescriptionDialog';
import { DescriptionTable } from './DescriptionTable';
import { RemoveDescriptionDialog } from './RemoveDescriptionDialog';

/** Thing Descriptions of others, kept in the hub's Thing Directory. */
export function DescriptionsPanel() {
  const { t } = useTranslation();
  const may = useMay('configure');
  const system = useSystem();
  const hub = system.data?.hub;
  const { query, items } = useDescriptions(hub);
  const [editing, setEditing] = useState<ThingDescription | 'new' | null>(null);
  const [removing, setRemoving] = useState<ThingDescription | null>(null);
  const error = system.error ?? (query.isFetchNextPageError ? null : query.error);
  return (
    <Panel
      title={t('description.title')}
      aside={may && <Button size="compact-sm" disabled={hub === undefined} leftSection={<Icon name="plus" size={14} />} onClick={() => setEditing('new')}>{t('description.button')}</Button>}
    >
      <p className="quiet" style={{ padding: '4px 16px' }}>{t('description.lead')}</p>
      {query.isPending && !error && <RowsSkeleton rows={3} />}
      {error && <ErrorNotice error={error} sentence={t('description.failed')} onRetry={() => void (system.isError ? system : query).refetch()} />}
      {query.isSuccess && items.length === 0 && !query.hasNextPage && <p style={{ padding: '4px 16px' }}>{t('description.none')}</p>}
      {items.length > 0 && <DescriptionTable descriptions={items} editable={may} onReplace={setEditing} onRemove={setRemoving} />}
      <ShowMore query={query} />
      {editing && hub !== undefined && <DescriptionDialog hub={hub} replacing={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {removing && <RemoveDescriptionDialog description={removing} onClose={() => setRemoving(null)} />}
    </Panel>
  );
}
