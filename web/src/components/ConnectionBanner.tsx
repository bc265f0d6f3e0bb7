import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { retryLive, useLiveState } from '@/api/live/live_hub';
import { formatDateTime, formatSpan } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useNow } from '@/time/now';
import { useSiteZone } from '@/time/site_clock';
import { Icon } from './Icon';

const PATIENCE_MS = 2_500;

/** Says since when the screen stands still, what still works, and when the next attempt is. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const live = useLiveState();
  const now = useNow();
  const locale = useLocale();
  const zone = useSiteZone();
  if (live.lostSince === null || now - live.lostSince < PATIENCE_MS) return null;
  const since = formatDateTime(live.lostSince, locale, zone);
  const next = live.retryAt === null ? '' : formatSpan(Math.max(live.retryAt - now, 0), locale);
  return (
    <div className="banner" role="alert" title={live.reason}>
      <Group gap="sm" wrap="nowrap">
        <Icon name="offline" />
        <div>
          <Text fw={600}>{t('offline.title', { time: since })}</Text>
          <Text size="sm">{navigator.onLine ? t('offline.hub') : t('offline.network')}</Text>
        </div>
      </Group>
      <Group gap="sm" wrap="nowrap">
        <Text size="sm">{t('offline.next', { attempt: live.attempt, span: next })}</Text>
        <Button size="xs" variant="default" onClick={retryLive}>{t('offline.now')}</Button>
      </Group>
    </div>
  );
}
