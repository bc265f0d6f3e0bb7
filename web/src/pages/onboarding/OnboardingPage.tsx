import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useCandidates } from '@/api/onboarding';
import { useMay } from '@/api/permission';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { NoPermission } from '@/components/NoPermission';
import { PageHead } from '@/components/PageHead';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { ShowMore } from '@/components/ShowMore';
import { TabLinks } from '@/components/TabLinks';
import { tabOf } from '@/components/tab_of';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { BrowsePanel } from './BrowsePanel';
import { CandidateCard } from './CandidateCard';
import { TagTablePanel } from './TagTablePanel';
import './onboarding.css';

/** What waits to become a thing; servers to browse; tables in bulk. */
export function OnboardingPage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const [query, setQuery] = useSearchParams();
  const tab = tabOf(query, ['waiting', 'browse', 'table']);
  const may = useMay('configure');
  const words = query.get('q') ?? '';
  const [asked] = useDebouncedValue(words.trim(), 120);
  const { query: candidates, items } = useCandidates(asked);
  const number = formatInteger(items.length, locale);
  const count = candidates.hasNextPage ? t('onboarding.moreThan', { number }) : number;
  const find = (next: string) => setQuery((old) => {
    const written = new URLSearchParams(old);
    if (next === '') written.delete('q');
    else written.set('q', next);
    return written;
  }, { replace: true });
  return (
    <div className="page">
      <PageHead title={t('nav.onboarding')} beside={<span className="quiet">{t('onboarding.lead')}</span>} />
      <TabLinks
        label={t('nav.onboarding')} current={tab}
        tabs={[
          { key: 'waiting', label: t('onboarding.waiting'), count: candidates.isSuccess ? count : undefined },
          { key: 'browse', label: t('onboarding.browse') }, { key: 'table', label: t('onboarding.table') },
        ]}
      />
      {!may && <section className="panel"><NoPermission what={t('onboarding.notAllowed')} /></section>}
      {tab === 'waiting' && (words !== '' || items.length > 0) && (
        <TextInput
          value={words} onChange={(event) => find(event.currentTarget.value)} type="search" maxLength={200} maw={420}
          placeholder={t('onboarding.find')} aria-label={t('onboarding.find')} leftSection={<Icon name="search" size={16} />}
        />
      )}
      {tab === 'waiting' && candidates.isPending && <section className="panel"><RowsSkeleton rows={6} /></section>}
      {tab === 'waiting' && candidates.isError && !candidates.isFetchNextPageError && <section className="panel"><ErrorNotice error={candidates.error} sentence={t('onboarding.failed')} onRetry={() => void candidates.refetch()} goesOn /></section>}
      {tab === 'waiting' && candidates.isSuccess && items.length === 0 && (
        <section className="panel">
          {asked === '' ? <Empty title={t('onboarding.emptyTitle')}>{t('onboarding.emptyText')}</Empty> : <Empty title={t('things.noneTitle')}>{t('onboarding.noneText', { words: asked })}</Empty>}
        </section>
      )}
      {tab === 'waiting' && items.map((one) => <CandidateCard key={one.id} candidate={one} canBind={may} />)}
      {tab === 'waiting' && <ShowMore query={candidates} />}
      {tab === 'browse' && may && <BrowsePanel />}
      {tab === 'table' && may && <TagTablePanel />}
    </div>
  );
}
