import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useCandidates } from '@/api/onboarding';
import { useMay } from '@/api/permission';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { NoPermission } from '@/components/NoPermission';
import { PageHead } from '@/components/PageHead';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { TabLinks } from '@/components/TabLinks';
import { tabOf } from '@/components/tab_of';
import { BrowsePanel } from './BrowsePanel';
import { CandidateCard } from './CandidateCard';
import { TagTablePanel } from './TagTablePanel';
import './onboarding.css';

/** What waits to become a thing; servers to browse; tables in bulk. */
export function OnboardingPage() {
  const { t } = useTranslation();
  const [query] = useSearchParams();
  const tab = tabOf(query, ['waiting', 'browse', 'table']);
  const may = useMay('configure');
  const candidates = useCandidates();
  const items = candidates.data?.items ?? [];
  return (
    <div className="page">
      <PageHead title={t('nav.onboarding')} beside={<span className="quiet">{t('onboarding.lead')}</span>} />
      <TabLinks
        label={t('nav.onboarding')} current={tab}
        tabs={[
          { key: 'waiting', label: t('onboarding.waiting'), count: candidates.isSuccess ? String(items.length) : undefined },
          { key: 'browse', label: t('onboarding.browse') }, { key: 'table', label: t('onboarding.table') },
        ]}
      />
      {!may && <section className="panel"><NoPermission what={t('onboarding.notAllowed')} /></section>}
      {tab === 'waiting' && candidates.isPending && <section className="panel"><RowsSkeleton rows={6} /></section>}
      {tab === 'waiting' && candidates.isError && <section className="panel"><ErrorNotice error={candidates.error} sentence={t('onboarding.failed')} onRetry={() => void candidates.refetch()} goesOn /></section>}
      {tab === 'waiting' && candidates.isSuccess && items.length === 0 && (
        <section className="panel"><Empty title={t('onboarding.emptyTitle')}>{t('onboarding.emptyText')}</Empty></section>
      )}
      {tab === 'waiting' && items.map((one) => <CandidateCard key={one.id} candidate={one} canBind={may} />)}
      {tab === 'browse' && may && <BrowsePanel />}
      {tab === 'table' && may && <TagTablePanel />}
    </div>
  );
}
