import { useTranslation } from 'react-i18next';
import type { AlarmLimit } from '@/api/types';
import { limitText } from '@/format/limit';
import { useLocale } from '@/i18n/locale';

/** Values beyond which people want to know, in the property's unit, each with how bad it is. */
export function AlarmLimits({ limits }: { limits: readonly AlarmLimit[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <span className="alarm-limits">
      {limits.map((limit) => (
        <span key={limit.name} title={limit.name}>{t(`limit.severity.${limit.severity}`)} {limitText(limit, locale)}</span>
      ))}
    </span>
  );
}
