import { useTranslation } from 'react-i18next';
import type { FileTotals as Totals } from '@/api/types';
import { Facts } from '@/components/Facts';
import { Moment } from '@/components/Moment';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

/** What a file holds, counted as it would be stored. */
export function FileTotals({ totals }: { totals: Totals }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const count = (value: number) => formatInteger(value, locale);
  const marked = (value: number, kind: 'bad' | 'uncertain') => <span className={value > 0 ? kind : 'quiet'}>{value > 0 && (kind === 'bad' ? '✕ ' : '◆ ')}{count(value)}</span>;
  return (
    <Facts
      items={[
        [t('import.rows'), count(totals.rows)],
        [t('fileImport.refusedRows'), <span key="refused">{marked(totals.refused_rows, 'bad')}</span>],
        [t('import.samples'), count(totals.samples)],
        [t('fileImport.samplesBad'), <span key="bad">{marked(totals.samples_bad, 'bad')}</span>],
        [t('fileImport.samplesUncertain'), <span key="uncertain">{marked(totals.samples_uncertain, 'uncertain')}</span>],
        [t('fileImport.series'), t('fileImport.seriesOf', { count: totals.things, series: count(totals.series), things: count(totals.things) })],
        [t('fileImport.span'), <span key="span"><Moment time={totals.first} /> – <Moment time={totals.last} /></span>],
      ]}
    />
  );
}
