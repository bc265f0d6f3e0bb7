import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Edge } from '@/api/types';
import { formatBytes, formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

/** What waits at the edge, by its own last report. */
export function SpoolDepth({ edge }: { edge: Edge }) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (!edge.spool) return <span className="quiet">{t('edge.noSpool')}</span>;
  const { batches, bytes, reported } = edge.spool;
  return (
    <Tooltip label={t('edge.spoolReported', { time: reported })}>
      <span>
        {t('edge.batches', { count: batches, batches: formatInteger(batches, locale) })}
        <span className="quiet"> · {formatBytes(bytes, locale)}</span>
      </span>
    </Tooltip>
  );
}
