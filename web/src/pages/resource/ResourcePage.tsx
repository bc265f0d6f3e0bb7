import { Anchor, Breadcrumbs, Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { useMay } from '@/api/permission';
import { useResource } from '@/api/resources';
import { ErrorNotice } from '@/components/ErrorNotice';
import { PageHead } from '@/components/PageHead';
import { Moment } from '@/components/Moment';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { RevisionList } from '@/components/change/RevisionList';
import { keyText, pathOf } from '@/components/change/plan_text';
import { NotFound } from '../NotFound';
import { isKind } from '../resources/templates';
import { DeleteDialog } from './DeleteDialog';
import { ResourceEditor } from './ResourceEditor';

/** One resource: its file, what uses it, who changed it. */
export function ResourcePage() {
  const { t } = useTranslation();
  const go = useNavigate();
  const { kind = '', name = '' } = useParams();
  const known = isKind(kind);
  const resource = useResource(known ? kind : 'Thing', name, null, known);
  const may = useMay('configure');
  const [deleting, setDeleting] = useState(false);
  if (!known) return <NotFound />;
  if (resource.isPending) return <RowsSkeleton rows={10} />;
  if (resource.isError) return <ErrorNotice error={resource.error} sentence={t('resource.failed', { name })} onRetry={() => void resource.refetch()} />;
  const { data } = resource;
  return (
    <div className="page">
      <PageHead
        title={data.title || name}
        above={
          <Breadcrumbs separator="›" mb={2} fz="sm" className="quiet">
            <Anchor component={Link} to="/resources" fz="sm">{t('nav.resources')}</Anchor>
            <Anchor component={Link} to={`/resources?kind=${kind}`} fz="sm">{t(`resources.kind.${kind}`)}</Anchor>
          </Breadcrumbs>
        }
        beside={
          <>
            <span className="quiet mono">{name}</span>
            <span className="quiet">{t('resource.changed')} <Moment time={data.changed} as="age" /> · {data.changed_by}</span>
            {kind === 'Thing' && <Anchor component={Link} to={`/things/${name}`} fz="inherit">{t('resource.openThing')}</Anchor>}
          </>
        }
        actions={may ? <Button variant="default" onClick={() => setDeleting(true)}>{t('resource.delete')}</Button> : undefined}
      />
      <section className="panel"><ResourceEditor key={data.yaml} resource={data} /></section>
      {data.used_by.length > 0 && (
        <Panel title={t('resource.usedBy')}>
          <p style={{ padding: '2px 16px 8px', margin: 0 }}>
            {data.used_by.slice(0, 60).map((one) => <Anchor key={keyText(one)} component={Link} to={pathOf(one)} mr="md" fz="sm">{keyText(one)}</Anchor>)}
          </p>
        </Panel>
      )}
      <Panel title={t('thing.changes')}><RevisionList filter={{ kind, name }} /></Panel>
      {deleting && <DeleteDialog resource={data} onClose={() => setDeleting(false)} onDeleted={() => void go(`/resources?kind=${kind}`)} />}
    </div>
  );
}
