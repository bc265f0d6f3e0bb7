import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Edge } from '@/api/types';
import { Facts } from '@/components/Facts';
import { Moment } from '@/components/Moment';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

export function EdgeFacts({ edge }: { edge: Edge }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const count = (value: number | null) => (value === null ? t('edge.unknown') : formatInteger(value, locale));
  // A third party's node numbers nothing and keeps nothing.
  const ofSpool: [string, ReactNode][] = [
    [t('edge.epoch'), <span key="epoch" className="mono">{edge.epoch ?? t('edge.none')}</span>],
    [t('edge.acked'), count(edge.acked_to)],
    [t('edge.above'), count(edge.committed_above)],
    [t('edge.evicted'), count(edge.spool?.evicted_batches ?? null)],
    [t('edge.reported'), edge.spool ? <Moment key="reported" time={edge.spool.reported} /> : t('edge.unknown')],
  ];
  return (
    <div style={{ padding: 14 }}>
      <Facts
        items={[
          [t('edge.things'), <Anchor key="things" component={Link} to={`/things?q=${edge.name}`} fz="inherit">{formatInteger(edge.things, locale)}</Anchor>],
          [t('edge.delivery'), t(`edge.deliveryKind.${edge.delivery}`)],
          [t('edge.topic'), <span key="topic" className="mono">{edge.group} / {edge.node}</span>],
          ...(edge.kind === 'third_party' ? [] : ofSpool),
        ]}
      />
    </div>
  );
}
