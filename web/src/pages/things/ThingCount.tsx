import { useTranslation } from 'react-i18next';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

interface Props {
  shown: number;
  known: number;
  complete: boolean;
}

export function ThingCount({ shown, known, complete }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const total = formatInteger(known, locale);
  const text = shown === known
    ? t('things.count', { count: known, total })
    : t('things.countOf', { shown: formatInteger(shown, locale), total });
  return (
    <span className="quiet" role="status">
      {text}{complete ? '' : ` ${t('things.more')}`}
    </span>
  );
}
