import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFilterReport } from '@/api/quality';
import { Empty } from '@/components/Empty';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Moment } from '@/components/Moment';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { ShowMore } from '@/components/ShowMore';
import { NO_VALUE, formatBytes, formatInteger, formatNumber, unitText } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { shareText } from './strips';

/** Of a swinging door: the error of who holds each value until the next, as averages do. */
function Stepped({ value, unit }: { value: number | null; unit: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (value === null) return null;
  return <div className="quiet"><small>{t('quality.stepped', { error: `${formatNumber(value, locale)} ${unitText(unit)}` })}</small></div>;
}

/** What the filters of the edges saved, and the error that came with it. */
export function FilterTable() {
  const { t } = useTranslation();
  const locale = useLocale();
  const { query: report, items } = useFilterReport();
  if (report.isPending) return <RowsSkeleton rows={4} />;
  if (report.isError && !report.data) return <ErrorNotice error={report.error} sentence={t('quality.filtersFailed')} onRetry={() => void report.refetch()} />;
  if (items.length === 0) return <Empty title={t('quality.noFiltersTitle')}>{t('quality.noFiltersText')}</Empty>;
  const size = formatBytes(items.reduce((sum, one) => sum + one.bytes_saved, 0), locale);
  const error = (value: number | null, unit: string) => (value === null ? NO_VALUE : `${formatNumber(value, locale)} ${unitText(unit)}`);
  return (
    <>
      <p style={{ padding: '10px 16px 0', margin: 0 }}>{report.hasNextPage ? t('quality.savedFirst', { size, number: formatInteger(items.length, locale) }) : t('quality.savedAll', { size })}</p>
      <div className="table-scroll">
        <table className="grid-table">
          <thead>
            <tr>
              <th scope="col">{t('thing.property')}</th><th scope="col">{t('edges.edge')}</th><th scope="col">{t('quality.policy')}</th>
              <th scope="col" className="num">{t('quality.sent')}</th><th scope="col" className="num">{t('quality.saved')}</th>
              <th scope="col" className="num">{t('quality.errorMean')}</th><th scope="col" className="num">{t('quality.errorMax')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((one) => (
              <tr key={`${one.thing}/${one.property}`}>
                <th scope="row"><Anchor component={Link} to={`/things/${one.thing}?p=${one.property}`} fz="inherit">{one.thing} · {one.property}</Anchor></th>
                <td className="quiet">{one.edge}{Date.parse(one.since) > 0 && <div><small>{t('quality.filterSince')} <Moment time={one.since} /></small></div>}</td>
                <td className="quiet">{one.policy}</td>
                <td className="num">{shareText(one.received === 0 ? null : one.sent / one.received, locale)}</td>
                <td className="num">{formatBytes(one.bytes_saved, locale)}</td>
                <td className="num">{error(one.error_mean, one.unit)}<Stepped value={one.stepped_mean} unit={one.unit} /></td>
                <td className="num">{error(one.error_max, one.unit)}<Stepped value={one.stepped_max} unit={one.unit} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ShowMore query={report} />
    </>
  );
}
