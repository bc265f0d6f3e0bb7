import { useTranslation } from 'react-i18next';
import type { PlantEvent } from '@/api/types';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { kindOf, reasonOf, samplesOf, saidOf, whyOf } from './event_words';

/** An event in words; one that this page does not know as the hub wrote it. */
export function EventText({ event }: { event: PlantEvent }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const kind = kindOf(event);
  const why = whyOf(event);
  if (kind === null) {
    const rest = why === '' && Object.keys(event.body).length > 0 ? JSON.stringify(event.body) : '';
    return <><span className="mono">{event.kind}</span><span className="quiet">{why}<span className="mono">{rest}</span></span></>;
  }
  const samples = samplesOf(event);
  const said = { ...saidOf(event.body), reason: t(`loss.why.${reasonOf(event.body.reason)}`) };
  return (
    <>
      <span>{t(`event.kind.${kind}`, said)}</span>
      <span className="quiet">{[samples !== null && t('event.samples', { count: samples, samples: formatInteger(samples, locale) }), why].filter(Boolean).join(' · ')}</span>
    </>
  );
}
