import { useTranslation } from 'react-i18next';
import { useEdges } from '@/api/edges';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { PageHead } from '@/components/PageHead';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { EdgeTable } from './EdgeTable';

/** Who delivers, and whether they do. */
export function EdgesPage() {
  const { t } = useTranslation();
  const edges = useEdges();
  if (edges.isPending) return <RowsSkeleton rows={6} />;
  if (edges.isError && !edges.data) {
    return <ErrorNotice error={edges.error} sentence={t('edges.failed')} onRetry={() => void edges.refetch()} goesOn />;
  }
  const all = edges.data.items;
  const away = all.filter((edge) => !edge.connected).length;
  return (
    <div className="page">
      <PageHead
        title={t('nav.edges')}
        beside={all.length > 0 && (
          <span className={away > 0 ? 'bad' : 'quiet'} role="status">
            {away > 0 ? t('edges.away', { count: away, total: all.length }) : t('edges.allHere', { count: all.length })}
          </span>
        )}
      />
      <section className="panel">
        {all.length === 0
          ? <Empty title={t('edges.emptyTitle')} commands={['./dev edge -- run --config edge.yaml']}>{t('edges.emptyText')}</Empty>
          : <EdgeTable edges={all} />}
      </section>
    </div>
  );
}
