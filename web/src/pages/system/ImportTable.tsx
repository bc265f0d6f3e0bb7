import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useImports } from '@/api/system';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Moment } from '@/components/Moment';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

/** Files that history came from, and how far those are that are still coming. */
export function ImportTable() {
  const { t } = useTranslation();
  const locale = useLocale();
  const imports = useImports();
  if (imports.isPending) return <RowsSkeleton rows={2} />;
  if (imports.isError && !imports.data) {
    return <ErrorNotice error={imports.error} sentence={t('import.failed')} onRetry={() => void imports.refetch()} />;
  }
  if (imports.data.items.length === 0) {
    return <Empty title={t('import.emptyTitle')} commands={['./dev run -- import --mapping mapping.yaml --dry-run history.csv']}>{t('import.emptyText')}</Empty>;
  }
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col">{t('import.file')}</th><th scope="col">{t('import.state')}</th>
            <th scope="col" className="num">{t('import.rows')}</th><th scope="col" className="num">{t('import.samples')}</th>
            <th scope="col" className="num">{t('import.marked')}</th><th scope="col">{t('import.updated')}</th>
          </tr>
        </thead>
        <tbody>
          {imports.data.items.map((one) => {
            const percent = one.rows_total === 0 ? 100 : (one.next_row / one.rows_total) * 100;
            return (
              <tr key={one.id}>
                <th scope="row" title={one.file_hash}>{one.file_name}</th>
                <td>
                  {one.state === 'complete' ? t('import.complete') : (
                    <>{t('import.open', { percent: Math.floor(percent) })}<Progress value={percent} size="xs" mt={4} w={120} aria-label={one.file_name} /></>
                  )}
                </td>
                <td className="num">{formatInteger(one.rows_total, locale)}</td>
                <td className="num">{formatInteger(one.samples, locale)}</td>
                <td className="num">
                  {one.samples_bad > 0 && <span className="bad">✕ {formatInteger(one.samples_bad, locale)} </span>}
                  {one.samples_uncertain > 0 && <span className="uncertain">◆ {formatInteger(one.samples_uncertain, locale)}</span>}
                </td>
                <td><Moment time={one.updated} /></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
