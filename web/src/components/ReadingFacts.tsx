import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CurrentValue, Source } from '@/api/types';
import { unitText } from '@/format/number';
import { formatDateTime, viewerZone } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useSiteZone } from '@/time/site_clock';
import { Facts } from './Facts';
import { QualityMark } from './QualityMark';

interface Props {
  label: string;
  name: string;
  unit: string;
  source: Source;
  current: CurrentValue;
  text: string;
}

export function ReadingFacts({ label, name, unit, source, current, text }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useSiteZone();
  const yours = viewerZone();
  const at = (time: string | null, where: string) =>
    time === null ? t('time.never') : formatDateTime(Date.parse(time), locale, where);
  return (
    <Stack gap={6}>
      <Text fw={600}>{label} <span className="quiet mono">{name}</span></Text>
      <Facts
        items={[
          [t('value.value'), `${text} ${unitText(unit)}`.trim()],
          [t('value.when'), (
            <span key="when">
              {at(current.time, zone)} <span className="quiet">{zone}</span>
              {yours !== zone && <><br />{at(current.time, yours)} <span className="quiet">{t('time.yours')}</span></>}
            </span>
          )],
          [t('value.quality'), (
            <span key="quality">
              <QualityMark quality={current.quality} stale={current.stale} />
              {current.reasons.map((reason) => <div key={reason}>{t(`reason.sentence.${reason}`)}</div>)}
              {current.stale && current.stale_since && (
                <div>{t('quality.staleSince', { time: at(current.stale_since, zone) })}</div>
              )}
            </span>
          )],
          [t('value.from'), t(`source.${source.kind}`, { name: source.name })],
          [t('value.received'), at(current.received, zone)],
        ]}
      />
    </Stack>
  );
}
