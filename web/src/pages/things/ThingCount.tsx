import { useTranslation } from 'react-i18next';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

interface Props {
  /** How many fit; null while pages are still to come and nobody has counted. */
  total: number | null;
  loaded: number;
}

export function ThingCount({ total, loaded }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const text = total === null
    ? t('things.countAtLeast', { total: formatInteger(loaded, locale) })
    : t('things.count', { count: total, total: formatInteger(total, locale) });
  return <span className="quiet" role="status">{text}</span>;
}
