import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Edge } from '@/api/types';
import { Moment } from '@/components/Moment';
import { formatInteger, formatRate } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { ClockOffset } from './ClockOffset';
import { EdgeState } from './EdgeState';
import { SpoolDepth } from './SpoolDepth';

export function EdgeRow({ edge }: { edge: Edge }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const lost = edge.losses.intervals > 0;
  return (
    <tr>
      <th scope="row">
        <Anchor component={Link} to={`/edges/${edge.name}`} fw={600} c="inherit" fz="inherit">{edge.name}</Anchor>
        <div className="quiet" style={{ fontWeight: 400, fontSize: 12.5 }}>
          {edge.site !== '' && `${edge.site} · `}{t(`edge.kind.${edge.kind}`)} · {t('things.count', { count: edge.things, total: formatInteger(edge.things, locale) })}
        </div>
      </th>
      <td>
        <EdgeState edge={edge} />
        {edge.delivery === 'at_most_once' && <div className="quiet" style={{ fontSize: 12.5, maxWidth: 300 }}>{t('edge.atMostOnce')}</div>}
      </td>
      <td className={`num ${edge.connected ? '' : 'stale'}`}>{formatRate(edge.samples_per_second, locale)}</td>
      <td className="num"><SpoolDepth edge={edge} /></td>
      <td><Moment time={edge.last_sample} as="age" /></td>
      <td className="num"><ClockOffset ms={edge.clock_offset_ms} /></td>
      <td className="num">
        {lost ? <span className="bad">{t('edge.lost', { count: edge.losses.intervals, batches: formatInteger(edge.losses.batches, locale) })}</span>
          : <span className="quiet">{edge.kind === 'third_party' ? t('edge.unknown') : t('edge.none')}</span>}
      </td>
    </tr>
  );
}
