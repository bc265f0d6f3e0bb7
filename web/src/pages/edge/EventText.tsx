import { useTranslation } from 'react-i18next';
import type { PlantEvent } from '@/api/types';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { kindOf, lostOf, reasonOf, revisionOf, whyOf } from './event_words';

/** An event in words; one that this page does not know as the hub wrote it. */
export function EventText({ event }: { event: PlantEvent }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const kind = kindOf(event);
  if (kind === null) {
    return <><span>{event.kind}</span><span className="quiet mono clip">{Object.keys(event.body).length > 0 ? JSON.stringify(event.body) : ''}</span></>;
  }
  const lost = lostOf(event);
  return (
    <>
      <span>{t(`event.kind.${kind}`, { revision: revisionOf(event), reason: t(`loss.why.${reasonOf(event.body.reason)}`) })}</span>
      <span className="quiet">{lost !== null ? t('event.samples', { count: lost, samples: formatInteger(lost, locale) }) : whyOf(event)}</span>
    </>
  );
}
