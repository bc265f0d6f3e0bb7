import { useTranslation } from 'react-i18next';
import { formatNumber, unitText } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { summaryOf, type Line } from './lines';

interface Props {
  lines: Line[];
  labels: ReadonlyMap<string, string>;
}

/** Lowest, average, highest and last of each line over the range. */
export function SummaryTable({ lines, labels }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <caption className="visually-hidden">{t('chart.summary')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('chart.property')}</th>
            {(['lowest', 'average', 'highest', 'last'] as const).map((name) => (
              <th key={name} scope="col" className="num">{t(`chart.${name}`)}</th>
            ))}
            <th scope="col">{t('chart.unit')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const summary = summaryOf(line);
            const cells = summary ? [summary.min, summary.average, summary.max, summary.last] : [null, null, null, null];
            return (
              <tr key={line.key}>
                <th scope="row">{labels.get(line.key) ?? line.key}</th>
                {cells.map((cell, i) => <td key={i} className="num">{cell === null ? '–' : formatNumber(cell, locale)}</td>)}
                <td>{unitText(line.unit)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
