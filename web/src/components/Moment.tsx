import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatAgo, formatDateTime, formatShort, viewerZone } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useNow } from '@/time/now';
import { useSiteZone } from '@/time/site_clock';

interface Props {
  time: string | null;
  /** `age` says how long ago, `clock` says when. */
  as?: 'age' | 'clock';
  missing?: string;
}

/** A time in the site's zone; on hover the whole of it, with the viewer's beside. */
export function Moment({ time, as = 'clock', missing }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useSiteZone();
  const now = useNow();
  if (time === null) return <span className="quiet">{missing ?? t('time.never')}</span>;
  const ms = Date.parse(time);
  const yours = viewerZone();
  const fresh = now - ms < 2_000;
  const text = as === 'clock' ? formatShort(ms, locale, zone, now)
    : fresh ? t('time.justNow') : formatAgo(now - ms, locale);
  const label = (
    <>
      <div>{formatDateTime(ms, locale, zone)} · {zone}</div>
      {yours !== zone && <div>{formatDateTime(ms, locale, yours)} · {t('time.yours')}</div>}
      {!fresh && <div>{formatAgo(now - ms, locale)}</div>}
    </>
  );
  return (
    <Tooltip label={label}>
      <time dateTime={time} className="moment">{text}</time>
    </Tooltip>
  );
}
