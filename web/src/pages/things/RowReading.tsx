import type { CurrentValue, Series } from '@/api/types';
import { NO_VALUE, formatValue, labelOf, unitText } from '@/format/number';
import { useLocale, useValueWords } from '@/i18n/locale';

interface Props {
  series: Series;
  current: CurrentValue | undefined;
  lost: boolean;
}

/** One value of a row: title above, number and unit below. */
export function RowReading({ series, current, lost }: Props) {
  const locale = useLocale();
  const words = useValueWords();
  const text = current ? formatValue(current.value, series.type, locale, words) : NO_VALUE;
  const look = !current || current.stale || lost ? 'stale' : current.quality === 'good' ? '' : current.quality;
  return (
    <span className="row-reading">
      <span className="quiet clip row-reading-name">{labelOf(series.title, series.property)}</span>
      <span className={`clip ${look}`}>{text} <span className="reading-unit">{unitText(series.unit)}</span></span>
    </span>
  );
}
