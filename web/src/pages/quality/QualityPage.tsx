import { useTranslation } from 'react-i18next';
import { useQualityProblems } from '@/api/quality';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { PageHead } from '@/components/PageHead';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { FilterTable } from './FilterTable';
import { ProblemTable } from './ProblemTable';
import { ScoreStrips } from './ScoreStrips';
import './quality.css';

/** What is wrong with the data, since when, what it affects, and what to do. */
export function QualityPage() {
  const { t } = useTranslation();
  const problems = useQualityProblems();
  const items = problems.data?.items ?? [];
  const active = items.filter((one) => one.active).length;
  // Those that go on come first: when a whole page does, there may be more.
  const hasMore = active === items.length && problems.data?.next != null;
  const goOn = hasMore ? t('quality.activeMore', { count: active }) : t('quality.active', { count: active });
  return (
    <div className="page">
      <PageHead
        title={t('nav.quality')}
        beside={problems.isSuccess ? <span className="quiet" role="status">{active === 0 ? t('quality.allWell') : goOn}</span> : undefined}
      />
      <Panel title={t('quality.problems')}>
        {problems.isPending && <RowsSkeleton rows={4} />}
        {problems.isError && <ErrorNotice error={problems.error} sentence={t('quality.problemsFailed')} onRetry={() => void problems.refetch()} goesOn />}
        {problems.isSuccess && items.length === 0 && <Empty title={t('quality.noneTitle')}>{t('quality.noneText')}</Empty>}
        {items.length > 0 && <ProblemTable problems={items} />}
      </Panel>
      <ScoreStrips />
      <Panel title={t('quality.filters')}><FilterTable /></Panel>
    </div>
  );
}
