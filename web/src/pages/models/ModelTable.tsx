import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Moment } from '@/components/Moment';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import type { ModelRow } from './model_rows';

export function ModelTable({ rows }: { rows: ModelRow[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col">{t('things.model')}</th><th scope="col" className="num">{t('models.latest')}</th>
            <th scope="col" className="num">{t('nav.things')}</th><th scope="col">{t('models.behind')}</th>
            <th scope="col">{t('things.tags')}</th><th scope="col">{t('models.changed')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">
                <Anchor component={Link} to={`/models/${row.name}`} fz="inherit" fw={600}>{row.title || row.name}</Anchor>
                <span className="quiet mono" style={{ display: 'block' }}>{row.name}</span>
              </th>
              <td className="num">{row.latest}</td>
              <td className="num">{row.things === 0 ? <span className="quiet">0</span> : <Anchor component={Link} to={`/things?model=${row.name}`} fz="inherit">{formatInteger(row.things, locale)}</Anchor>}</td>
              <td className="quiet">{row.behind === 0 ? '–' : t('models.behindCount', { count: row.behind, number: formatInteger(row.behind, locale) })}</td>
              <td>{row.tags.map((tag) => <span key={tag} className="tag">{tag}</span>)}</td>
              <td className="quiet"><Moment time={row.changed} as="age" /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
