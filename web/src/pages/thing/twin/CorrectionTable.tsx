import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Correction } from '@/api/types';
import { Moment } from '@/components/Moment';
import { NO_VALUE, formatInteger, formatLoose } from '@/format/number';
import { useLocale, useValueWords } from '@/i18n/locale';

/** What was corrected, by whom, why, and from which data version on. */
export function CorrectionTable({ corrections }: { corrections: Correction[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const words = useValueWords();
  if (corrections.length === 0) return <p className="quiet" style={{ padding: '4px 16px' }}>{t('correction.none')}</p>;
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col">{t('thing.property')}</th><th scope="col">{t('range.from')}</th><th scope="col">{t('range.to')}</th><th scope="col">{t('correction.what')}</th>
            <th scope="col" className="num">{t('value.value')}</th><th scope="col">{t('change.reason')}</th><th scope="col">{t('change.by')}</th><th scope="col">{t('value.when')}</th><th scope="col" className="num">{t('store.commit')}</th>
          </tr>
        </thead>
        <tbody>
          {corrections.map((one) => (
            <tr key={one.id}>
              <th scope="row"><Anchor component={Link} to={`/things/${one.thing}?p=${one.property}&start=${one.start}&end=${one.end}`} fz="inherit">{one.property}</Anchor></th>
              <td><Moment time={one.start} /></td><td><Moment time={one.end} /></td>
              <td>{t(`correction.action.${one.action}`)}{one.method && <span className="quiet"> {t(`correction.methods.${one.method}`)}</span>}</td>
              <td className="num">{one.value === null ? NO_VALUE : formatLoose(one.value, locale, words)}</td>
              <td>{one.reason}</td><td className="quiet">{one.by}</td><td className="quiet"><Moment time={one.time} /></td><td className="num quiet">{formatInteger(one.commit, locale)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
