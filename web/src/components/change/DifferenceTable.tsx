import { useTranslation } from 'react-i18next';
import type { Difference } from '@/api/types';
import { cellText } from './plan_text';
import './change.css';

/** What stood and what will stand, by place in the spec. */
export function DifferenceTable({ differences }: { differences: Difference[] }) {
  const { t } = useTranslation();
  if (differences.length === 0) return null;
  return (
    <table className="diff-table">
      <thead className="visually-hidden"><tr><th>{t('change.path')}</th><th>{t('change.before')}</th><th>{t('change.after')}</th></tr></thead>
      <tbody>
        {differences.map(({ path, before, after }) => (
          <tr key={path}>
            <td className="mono quiet">{path}</td>
            <td className="diff-before">{before === null ? <span className="visually-hidden">{t('change.absent')}</span> : cellText(before)}</td>
            <td>{after === null ? <span className="quiet">{t('change.removed')}</span> : cellText(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
