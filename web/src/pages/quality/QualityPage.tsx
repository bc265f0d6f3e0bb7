import { useTranslation } from 'react-i18next';
import { useQualityProblems } from '@/api/quality';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { PageHead } from '@/components/PageHead';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { ShowMore } from '@/components/ShowMore';
import { FilterTable } from './FilterTable';
import { ProblemTable } from './ProblemTable';
import { ScoreStrips } from './ScoreStrips';
import './quality.css';

/** What is wrong with the data, since when, what it affects, and what to do. */
export function QualityPage() {
  const { t } = useTranslation();
  const { query: problems, items } = useQualityProblems();
  const active = items.filter((one) => one.active).length;
  // Those that go on come first: when all that is loaded does, there may be more.
  const hasMore = active === items.length && problems.hasNextPage;
  const goOn = hasMore ? t('quality.activeMore', { count: active }) : t('quality.active', { count: active });
  return (
    <div className="page">
      <PageHead
        title={t('nav.quality')}
        beside={problems.isSuccess ? <span className="quiet" role="status">{active === 0 ? t('quality.allWell') : goOn}</span> : undefined}
      />
      <Panel title={t('quality.problems')}>
        {problems.isPending && <RowsSkeleton rows={4} />}
        {problems.isError && !problems.isFetchNextPageError && <ErrorNotice error={problems.error} sentence={t('quality.problemsFailed')} onRetry={() => void problems.refetch()} goesOn />}
        {problems.isSuccess && items.length === 0 && <Empty title={t('quality.noneTitle')}>{t('quality.noneText')}</Empty>}
        {items.length > 0 && <ProblemTable problems={items} />}
        <ShowMore query={problems} />
      </Panel>
      <ScoreStrips />
      <Panel title={t('quality.filters')}><FilterTable /></Panel>
    </div>
  );
}
