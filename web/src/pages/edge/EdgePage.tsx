import { Anchor, Breadcrumbs, Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useEdge } from '@/api/edges';
import { ErrorNotice } from '@/components/ErrorNotice';
import { EventList } from '@/components/event/EventList';
import { PageHead } from '@/components/PageHead';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { EdgeState } from '@/pages/edges/EdgeState';
import { EdgeFacts } from './EdgeFacts';
import { EdgeNumbers } from './EdgeNumbers';
import { LossTable } from './LossTable';
import './edge.css';

/** One edge: what it delivers, what waits, what was lost. */
export function EdgePage() {
  const { t } = useTranslation();
  const name = useParams().edge!;
  const edge = useEdge(name);
  if (edge.isPending) return <RowsSkeleton rows={8} />;
  if (edge.isError && !edge.data) {
    return <ErrorNotice error={edge.error} sentence={t('edge.failed', { name })} onRetry={() => void edge.refetch()} />;
  }
  return (
    <div className="page">
      <PageHead
        title={edge.data.name}
        above={
          <Breadcrumbs separator="›" mb={2} className="quiet">
            <Anchor component={Link} to="/edges" fz="sm">{t('nav.edges')}</Anchor>
            {edge.data.site !== '' && <Anchor component={Link} to={`/things?site=${edge.data.site}`} fz="sm">{edge.data.site}</Anchor>}
          </Breadcrumbs>
        }
        beside={<><EdgeState edge={edge.data} /><span className="quiet">{t(`edge.kind.${edge.data.kind}`)}</span></>}
      />
      {edge.data.delivery === 'at_most_once' && (
        <Alert role="note" variant="light" color="gray" title={t('edge.atMostOnce')}>{t('edge.atMostOnceWhy')}</Alert>
      )}
      <EdgeNumbers edge={edge.data} />
      <div className="edge-columns">
        <Panel title={t('edge.facts')}><EdgeFacts edge={edge.data} /></Panel>
        <Panel title={t('edge.losses')}><LossTable edge={edge.data} /></Panel>
      </div>
      <Panel title={t('event.title')}><EventList subject={name} /></Panel>
    </div>
  );
}
