import { useTranslation } from 'react-i18next';
import { formatShort } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useSiteZone } from '@/time/site_clock';
import { shareText, toneOf, type Strip } from './strips';

/** One score over time; what is good stays grey. */
export function HeatStrip({ strip, label }: { strip: Strip; label: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useSiteZone();
  const worst = strip.cells.reduce((low, cell) => (cell.value !== null && cell.value < low ? cell.value : low), 1);
  return (
    <span className="heat" role="img" aria-label={t('quality.stripLabel', { label, mean: shareText(strip.mean, locale), worst: shareText(worst, locale) })}>
      {strip.cells.map((cell) => (
        <i key={cell.time} className={`heat-${toneOf(cell.value)}`} title={`${formatShort(cell.time, locale, zone, Date.now())} · ${cell.value === null ? t('quality.noScore') : shareText(cell.value, locale)}`} />
      ))}
    </span>
  );
}
