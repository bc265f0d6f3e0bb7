import { Anchor, Breadcrumbs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { useModels, useResource } from '@/api/resources';
import { ErrorNotice } from '@/components/ErrorNotice';
import { PageHead } from '@/components/PageHead';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { TabLinks } from '@/components/TabLinks';
import { tabOf } from '@/components/tab_of';
import { RevisionList } from '@/components/change/RevisionList';
import { YamlEditor } from '@/components/change/YamlEditor';
import { ModelDifferences } from './ModelDifferences';
import { ModelEditor } from './ModelEditor';
import { ModelPropertyTable } from './ModelPropertyTable';
import { VersionList } from './VersionList';
import './model.css';

/** One thing model: its versions, what differs between them, and the way to the next. */
export function ModelPage() {
  const { t } = useTranslation();
  const name = useParams().model!;
  const [query] = useSearchParams();
  const wanted = Number(query.get('v')) || null;
  const tab = tabOf(query, ['properties', 'differences', 'yaml', 'edit', 'changes']);
  const model = useResource('ThingModel', name, wanted);
  const versions = (useModels().data?.items ?? []).filter((one) => one.name === name);
  if (model.isPending) return <RowsSkeleton rows={10} />;
  if (model.isError) return <ErrorNotice error={model.error} sentence={t('model.failed', { name })} onRetry={() => void model.refetch()} />;
  const { data } = model;
  return (
    <div className="page">
      <PageHead
        title={data.title || name}
        above={<Breadcrumbs separator="›" mb={2} fz="sm" className="quiet"><Anchor component={Link} to="/models" fz="sm">{t('nav.models')}</Anchor></Breadcrumbs>}
        beside={<><span className="quiet mono">{name}@{data.version}</span><Anchor component={Link} to={`/things?model=${name}`} fz="inherit">{t('model.showThings')}</Anchor></>}
      />
      <TabLinks
        label={t('nav.models')} current={tab}
        tabs={[
          { key: 'properties', label: t('thing.properties') }, { key: 'differences', label: t('model.differences') },
          { key: 'yaml', label: 'YAML' }, { key: 'edit', label: t('model.edit') }, { key: 'changes', label: t('thing.changes') },
        ]}
      />
      <div className="model-columns">
        <Panel title={t('model.versions')}><VersionList items={versions} version={data.version} /></Panel>
        <section className="panel">
          {tab === 'properties' && <ModelPropertyTable model={data} />}
          {tab === 'differences' && <ModelDifferences key={data.version} model={data} />}
          {tab === 'yaml' && <div style={{ padding: 16 }}><YamlEditor file={name} value={data.yaml} problems={[]} readOnly /></div>}
          {tab === 'edit' && <ModelEditor key={`${data.version} ${data.versions.length}`} model={data} />}
          {tab === 'changes' && <RevisionList filter={{ kind: 'ThingModel', name }} />}
        </section>
      </div>
    </div>
  );
}
