import { useTranslation } from 'react-i18next';
import type { System } from '@/api/types';
import { Facts } from '@/components/Facts';
import { Moment } from '@/components/Moment';
import { formatBytes, formatInteger, formatRate } from '@/format/number';
import { formatSpan } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useSiteZone } from '@/time/site_clock';

export function HubFacts({ system }: { system: System }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useSiteZone();
  const { broker, ingest } = system;
  const dropped = formatInteger(ingest.dropped_messages, locale);
  return (
    <div style={{ padding: 14 }}>
      <Facts
        items={[
          [t('system.name'), system.hub],
          [t('system.running'), <span key="running">{formatSpan(system.uptime_seconds * 1000, locale)} <span className="quiet">{t('edge.since')} <Moment time={system.started} /></span></span>],
          [t('system.zone'), zone],
          [t('system.broker'), <span key="broker" className={broker.connected ? undefined : 'bad'}>{t(`system.brokerKind.${broker.kind}`)} · {broker.address} · {broker.connected ? t('edge.connected') : t('edge.disconnected')}</span>],
          [t('system.ingest'), t('system.rate', { rate: formatRate(ingest.samples_per_second, locale) })],
          [t('system.queue'), t('system.queueOf', { queue: formatBytes(ingest.queue, locale), max: formatBytes(ingest.queue_max, locale) })],
          [t('system.dropped'), ingest.dropped_messages > 0 ? <span key="dropped" className="uncertain">◆ {dropped} <span className="quiet">{t('system.droppedNote')}</span></span> : dropped],
        ]}
      />
    </div>
  );
}
