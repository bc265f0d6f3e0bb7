import { useTranslation } from 'react-i18next';
import type { Deletion } from '@/api/types';
import { Icon } from '@/components/Icon';
import { Moment } from '@/components/Moment';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import './change.css';

/** What a shorter retention deletes for good: in red, because nothing brings it back. */
export function DeletionTable({ deletes }: { deletes: Deletion[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <div className="plan-deletes" role="alert">
      <b><Icon name="bad" size={14} /> {t('change.deletes')}</b>
      <div className="table-scroll">
        <table className="grid-table">
          <thead>
            <tr>
              <th scope="col">{t('change.what')}</th><th scope="col" className="num">{t('change.deletedSamples')}</th>
              <th scope="col">{t('change.oldest')}</th><th scope="col">{t('change.newest')}</th>
            </tr>
          </thead>
          <tbody>
            {deletes.map((one) => (
              <tr key={one.policy}>
                <td>{t(`change.policy.${one.policy}`)}</td><td className="num">{formatInteger(one.samples, locale)}</td>
                <td><Moment time={one.from} /></td><td><Moment time={one.to} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
