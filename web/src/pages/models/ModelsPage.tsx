import { Button, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useMay } from '@/api/permission';
import { useModels } from '@/api/resources';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { PageHead } from '@/components/PageHead';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { ModelTable } from './ModelTable';
import { modelRows } from './model_rows';

/** Classes of equipment: what each promises of its samples, and how many things keep to it. */
export function ModelsPage() {
  const { t } = useTranslation();
  const [query, setQuery] = useSearchParams();
  const words = query.get('q') ?? '';
  const models = useModels();
  const may = useMay('configure');
  const rows = useMemo(() => modelRows(models.data?.items ?? [], words), [models.data, words]);
  const make = may && <Button component={Link} to="/resources/new?kind=ThingModel" leftSection={<Icon name="plus" size={15} />}>{t('models.make')}</Button>;
  const none = models.isSuccess && models.data.items.length === 0;
  return (
    <div className="page">
      <PageHead title={t('nav.models')} beside={<span className="quiet">{t('models.lead')}</span>} actions={none ? undefined : make || undefined} />
      <section className="panel">
        {models.isPending && <RowsSkeleton rows={6} />}
        {models.isError && <ErrorNotice error={models.error} sentence={t('models.failed')} onRetry={() => void models.refetch()} />}
        {none && (
          <Empty title={t('models.emptyTitle')} commands={['millrace schema ThingModel', 'millrace apply models/']} action={make || undefined}>{t('models.emptyText')}</Empty>
        )}
        {models.isSuccess && !none && (
          <>
            <div style={{ padding: 10, borderBottom: '1px solid var(--mr-line)' }}>
              <TextInput
                type="search" value={words} placeholder={t('models.filter')} aria-label={t('models.filter')} leftSection={<Icon name="search" size={16} />}
                onChange={(event) => setQuery(event.currentTarget.value ? { q: event.currentTarget.value } : {}, { replace: true })}
              />
            </div>
            {rows.length === 0 ? <p className="quiet" style={{ padding: '4px 16px' }}>{t('models.none', { words })}</p> : <ModelTable rows={rows} />}
          </>
        )}
      </section>
    </div>
  );
}
