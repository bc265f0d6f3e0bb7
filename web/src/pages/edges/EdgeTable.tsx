import { useTranslation } from 'react-i18next';
import type { Edge } from '@/api/types';
import { EdgeRow } from './EdgeRow';

const COLUMNS = ['edge', 'state', 'rate', 'spool', 'last', 'clock', 'losses'] as const;
const NUMBERS = new Set(['rate', 'spool', 'clock', 'losses']);

/** Those that are away stand first. */
export function EdgeTable({ edges }: { edges: Edge[] }) {
  const { t } = useTranslation();
  const sorted = [...edges].sort((a, b) => Number(a.connected) - Number(b.connected) || a.name.localeCompare(b.name));
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={NUMBERS.has(column) ? 'num' : undefined}>{t(`edges.${column}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>{sorted.map((edge) => <EdgeRow key={edge.name} edge={edge} />)}</tbody>
      </table>
    </div>
  );
}
