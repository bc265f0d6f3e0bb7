import { useTranslation } from 'react-i18next';
import type { FileSample } from '@/api/types';
import { QualityMark } from '@/components/QualityMark';
import { NO_VALUE } from '@/format/number';
import { formatDateTime } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useSiteZone } from '@/time/site_clock';

/** The first samples as they would be stored: values as they are, times in the site's zone. */
export function FilePreview({ rows }: { rows: FileSample[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useSiteZone();
  if (rows.length === 0) return <p className="quiet">{t('fileImport.noRows')}</p>;
  return (
    <div className="table-scroll file-preview" tabIndex={0} role="region" aria-label={t('fileImport.preview')}>
      <table className="grid-table">
        <caption>{t('fileImport.previewOf', { zone })}</caption>
        <thead>
          <tr>
            <th scope="col" className="num">{t('onboarding.line')}</th><th scope="col">{t('things.thing')}</th><th scope="col">{t('thing.property')}</th>
            <th scope="col">{t('value.when')}</th><th scope="col" className="num">{t('value.value')}</th><th scope="col">{t('value.quality')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              <td className="num">{row.line}</td><td>{row.thing}</td><td>{row.property}</td>
              <td>{formatDateTime(Date.parse(row.time), locale, zone)}</td>
              <td className="num">{row.value === null ? NO_VALUE : String(row.value)} <span className="quiet">{row.unit}</span></td>
              <td><QualityMark quality={row.quality} stale={false} reasons={row.reasons} quiet /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
