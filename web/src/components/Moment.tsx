import { Tooltip } from '@mantine/core';
import { useState } from 'react';
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

/** A time in the site's zone; on hover the whole of it, with the viewer's beside: made when it is asked for, as lists have many. */
export function Moment({ time, as = 'clock', missing }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useSiteZone();
  const now = useNow();
  const [asked, setAsked] = useState(false);
  if (time === null) return <span className="quiet">{missing ?? t('time.never')}</span>;
  const ms = Date.parse(time);
  const fresh = now - ms < 2_000;
  const text = as === 'clock' ? formatShort(ms, locale, zone, now)
    : fresh ? t('time.justNow') : formatAgo(now - ms, locale);
  const moment = <time dateTime={time} className="moment" onPointerEnter={() => setAsked(true)}>{text}</time>;
  if (!asked) return moment;
  const yours = viewerZone();
  const label = (
    <>
      <div>{formatDateTime(ms, locale, zone)} · {zone}</div>
      {yours !== zone && <div>{formatDateTime(ms, locale, yours)} · {t('time.yours')}</div>}
      {!fresh && <div>{formatAgo(now - ms, locale)}</div>}
    </>
  );
  return <Tooltip label={label}>{moment}</Tooltip>;
}
