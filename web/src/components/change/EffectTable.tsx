import { useTranslation } from 'react-i18next';
import type { Effect } from '@/api/types';
import { Moment } from '@/components/Moment';
import { formatInteger, numberFormat } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { effectRows, seenOf } from './plan_text';

/** What the new contract would have marked in the last 30 days: the reason to look twice. Where not all of them were looked at, the share says so. */
export function EffectTable({ effects, days }: { effects: Effect[]; days: number }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const rows = effectRows(effects);
  const percent = (share: number) => numberFormat(locale, { style: 'percent', maximumSignificantDigits: 2 }).format(share);
  const seen = (row: Effect) => numberFormat(locale, { maximumSignificantDigits: 2 }).format(row.days_seen);
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col">{t('change.property')}</th><th scope="col">{t('change.rule')}</th>
            <th scope="col" className="num">{t('change.marked')}</th><th scope="col" className="num">{t('change.share')}</th>
            <th scope="col">{t('change.first')}</th><th scope="col">{t('change.last')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.thing}/${row.property}/${row.rule}`}>
              <th scope="row">{row.thing} · {row.property}</th>
              <td>{t(`reason.short.${row.rule}`)}</td>
              <td className="num">{formatInteger(row.samples, locale)}</td>
              <td className="num">
                {percent(row.share)}
                {seenOf(row) !== 'all' && <div className="quiet">{t(`change.seen.${seenOf(row)}`, { seen: seen(row), days })}</div>}
              </td>
              <td className="quiet"><Moment time={row.first} /></td>
              <td className="quiet"><Moment time={row.last} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
