import { Button, Group, Menu, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useMay } from '@/api/permission';
import { useResources } from '@/api/resources';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { PageHead } from '@/components/PageHead';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { TabLinks } from '@/components/TabLinks';
import { tabOf } from '@/components/tab_of';
import { RevisionList } from '@/components/change/RevisionList';
import { DescriptionsPanel } from './descriptions/DescriptionsPanel';
import { DriftPanel } from './DriftPanel';
import { ExportAllButton } from './ExportAllButton';
import { FilesPanel } from './FilesPanel';
import { ResourceTable } from './ResourceTable';
import { KINDS, isKind } from './templates';

/** Everything a person has configured, as files. */
export function ResourcesPage() {
  const { t } = useTranslation();
  const [query, setQuery] = useSearchParams();
  const tab = tabOf(query, ['all', 'files', 'drift', 'changes', 'descriptions']);
  const named = query.get('kind');
  const kind = isKind(named) ? named : null;
  const text = query.get('q') ?? '';
  const [words] = useDebouncedValue(text.trim(), 120);
  const { query: found, items } = useResources(kind, words);
  const may = useMay('configure');
  const put = (name: string, value: string) => setQuery((old) => {
    const next = new URLSearchParams(old);
    if (value === '') next.delete(name);
    else next.set(name, value);
    return next;
  }, { replace: true });
  const none = found.isSuccess && !found.isPlaceholderData && items.length === 0;
  const make = may && (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target><Button leftSection={<Icon name="plus" size={15} />}>{t('resources.make')}</Button></Menu.Target>
      <Menu.Dropdown>
        {KINDS.map((one) => <Menu.Item key={one} component={Link} to={`/resources/new?kind=${one}`}>{t(`resources.kind.${one}`)}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
  return (
    <div className="page">
      <PageHead title={t('nav.resources')} beside={<span className="quiet">{t('resources.lead')}</span>} actions={<Group gap="sm"><ExportAllButton />{make}</Group>} />
      <TabLinks
        label={t('nav.resources')} current={tab}
        tabs={[
          { key: 'all', label: t('resources.all') }, { key: 'files', label: t('resources.files') }, { key: 'drift', label: t('resources.drift') },
          { key: 'changes', label: t('thing.changes') }, { key: 'descriptions', label: t('description.title') },
        ]}
      />
      {tab === 'files' && <FilesPanel />}
      {tab === 'drift' && <DriftPanel />}
      {tab === 'changes' && <section className="panel"><RevisionList /></section>}
      {tab === 'descriptions' && <DescriptionsPanel />}
      {tab === 'all' && (
        <section className="panel">
          <div className="things-tools" style={{ display: 'flex', gap: 10, padding: 10, flexWrap: 'wrap', borderBottom: '1px solid var(--mr-line)' }}>
            <TextInput
              type="search" value={text} onChange={(event) => put('q', event.currentTarget.value)} style={{ flex: 1, minWidth: 180 }}
              placeholder={t('things.filter')} aria-label={t('things.filter')} leftSection={<Icon name="search" size={16} />}
            />
            <SegmentedControl
              value={kind ?? ''} onChange={(value) => put('kind', value)} style={{ flexWrap: 'wrap' }}
              data={[{ value: '', label: t('things.all') }, ...KINDS.map((one) => ({ value: one, label: t(`resources.kind.${one}`) }))]}
            />
          </div>
          {found.isPending && <RowsSkeleton rows={8} />}
          {found.isError && <ErrorNotice error={found.error} sentence={t('resources.failed')} onRetry={() => void found.refetch()} />}
          {none && words === '' && kind === null && <Empty title={t('resources.emptyTitle')} commands={['millrace plan plant/', 'millrace apply plant/']}>{t('resources.emptyText')}</Empty>}
          {none && (words !== '' || kind !== null) && <p className="quiet" style={{ padding: '4px 16px' }}>{t('things.noneTitle')}</p>}
          {items.length > 0 && (
            <ResourceTable items={items} more={found.hasNextPage} onMore={() => { if (!found.isFetchingNextPage) void found.fetchNextPage(); }} />
          )}
        </section>
      )}
    </div>
  );
}
