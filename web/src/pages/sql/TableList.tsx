import { useTranslation } from 'react-i18next';
import { useSqlTables } from '@/api/query';
import { ErrorNotice } from '@/components/ErrorNotice';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { firstLook } from './sql_text';

/** What can be asked: tables and their columns; a click writes a first statement. */
export function TableList({ onLook }: { onLook: (sql: string) => void }) {
  const { t } = useTranslation();
  const tables = useSqlTables(true);
  if (tables.isPending) return <RowsSkeleton rows={8} height={18} />;
  if (tables.isError) return <ErrorNotice error={tables.error} sentence={t('sql.tablesFailed')} onRetry={() => void tables.refetch()} />;
  return (
    <div className="sql-tables">
      {tables.data.items.map((table) => (
        <details key={table.name} open={table.name === 'samples'}>
          <summary><b className="mono">{table.name}</b></summary>
          <p className="quiet">{table.comment}</p>
          <button type="button" onClick={() => onLook(firstLook(table.name, table.columns.map((one) => one.name)))}>{t('sql.look')}</button>
          <ul>
            {table.columns.map((column) => (
              <li key={column.name} title={column.comment}><span className="mono">{column.name}</span> <span className="quiet mono">{column.type}</span></li>
            ))}
          </ul>
        </details>
      ))}
    </div>
  );
}
