import { useTranslation } from 'react-i18next';
import type { Edge } from '@/api/types';
import { Moment } from '@/components/Moment';
import { formatRate } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { ClockOffset } from '@/pages/edges/ClockOffset';
import { SpoolDepth } from '@/pages/edges/SpoolDepth';

/** The four things one wants to know first. */
export function EdgeNumbers({ edge }: { edge: Edge }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const numbers = [
    { name: t('edges.rate'), value: formatRate(edge.samples_per_second, locale) },
    { name: t('edges.spool'), value: <SpoolDepth edge={edge} /> },
    { name: t('edges.last'), value: <Moment time={edge.last_sample} as="age" /> },
    { name: t('edges.clock'), value: <ClockOffset ms={edge.clock_offset_ms} /> },
  ];
  return (
    <div className="edge-numbers">
      {numbers.map(({ name, value }) => (
        <div key={name} className="panel edge-number">
          <div className="quiet">{name}</div>
          <div className="edge-value">{value}</div>
        </div>
      ))}
    </div>
  );
}
