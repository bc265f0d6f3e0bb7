import { useTranslation } from 'react-i18next';
import type { TagImport } from '@/api/types';
import { Icon } from '@/components/Icon';

const MOST = 300;

/** Each row of the table; those with a problem stand first. */
export function TagRows({ rows }: { rows: TagImport['rows'] }) {
  const { t } = useTranslation();
  const shown = [...rows].sort((a, b) => Number(a.problem === null) - Number(b.problem === null) || a.line - b.line).slice(0, MOST);
  return (
    <div className="table-scroll" style={{ maxHeight: 340, overflowY: 'auto' }}>
      <table className="grid-table">
        <thead><tr><th scope="col" className="num">{t('onboarding.line')}</th><th scope="col">{t('things.thing')}</th><th scope="col">{t('thing.property')}</th><th scope="col">{t('onboarding.check')}</th></tr></thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.line}>
              <td className="num">{row.line}</td><td>{row.thing}</td><td>{row.property}</td>
              <td>{row.problem === null ? <span className="quiet"><Icon name="good" size={13} /> {t('onboarding.ok')}</span> : <span className="bad"><Icon name="bad" size={12} /> {row.problem}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST && <p className="quiet">{t('change.moreChanges', { count: rows.length - MOST })}</p>}
    </div>
  );
}
