import { useTranslation } from 'react-i18next';
import { formatNumber } from '@/format/number';
import { useLocale } from '@/i18n/locale';

const WORTH_A_LOOK_MS = 2_000;

/** Clock of the edge minus clock of the hub; beyond two seconds it is worth a look. */
export function ClockOffset({ ms }: { ms: number | null }) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (ms === null) return <span className="quiet">{t('edge.unknown')}</span>;
  const far = Math.abs(ms) >= WORTH_A_LOOK_MS;
  const text = Math.abs(ms) >= 1000 ? `${formatNumber(ms / 1000, locale)} s` : `${Math.round(ms).toString().replace('-', '−')} ms`;
  return <span className={far ? 'uncertain' : undefined}>{far && '◆ '}{ms > 0 ? '+' : ''}{text}</span>;
}
