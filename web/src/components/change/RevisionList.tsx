import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useRevisions, type RevisionFilter } from '@/api/resources';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Moment } from '@/components/Moment';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { keyText, ordered, pathOf } from './plan_text';

const FEW = 4;

/** Who changed what, when and why, newest first. */
export function RevisionList({ filter }: { filter?: RevisionFilter }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const revisions = useRevisions(filter);
  if (revisions.isPending) return <RowsSkeleton rows={4} />;
  if (revisions.isError) return <ErrorNotice error={revisions.error} sentence={t('change.revisionsFailed')} onRetry={() => void revisions.refetch()} />;
  if (revisions.data.items.length === 0) return <p className="quiet" style={{ padding: '4px 16px' }}>{t('change.noRevisions')}</p>;
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col" className="num">{t('change.revision')}</th><th scope="col">{t('value.when')}</th><th scope="col">{t('change.by')}</th>
            <th scope="col">{t('change.what')}</th><th scope="col">{t('change.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {revisions.data.items.map((one) => (
            <tr key={one.revision}>
              <td className="num">{formatInteger(one.revision, locale)}</td>
              <td><Moment time={one.time} /></td>
              <td>{one.by}</td>
              <td>
                {ordered(one.changes).slice(0, FEW).map((change) => (
                  <div key={keyText(change)}>
                    <span className="quiet">{t(`change.action.${change.action}`)}</span>{' '}
                    {change.action === 'delete' ? keyText(change) : <Anchor component={Link} to={pathOf(change)} fz="inherit">{keyText(change)}</Anchor>}
                  </div>
                ))}
                {one.changes.length > FEW && <span className="quiet">{t('change.moreChanges', { count: one.changes.length - FEW })}</span>}
              </td>
              <td className={one.reason === '' ? 'quiet' : undefined}>{one.reason || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
