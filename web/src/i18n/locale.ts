import { useTranslation } from 'react-i18next';
import type { ValueWords } from '@/format/number';

/** The locale that numbers and dates are written in. */
export function useLocale(): string {
  return useTranslation().i18n.language === 'zh' ? 'zh-CN' : 'en-GB';
}

export function useValueWords(): ValueWords {
  const { t } = useTranslation();
  return { on: t('value.on'), off: t('value.off') };
}
