import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useLosses } from '@/api/edges';
import type { Edge, Loss } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { reasonOf } from '@/components/event/event_words';
import { Moment } from '@/components/Moment';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

/** What was spooled, or held by a filter, and will never come; an empty list is the promise kept. */
export function LossTable({ edge }: { edge: Edge }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const losses = useLosses(edge.name);
  // Of what a filter held nobody counted to the end.
  const samplesOf = ({ samples, property }: Loss) => {
    if (samples === null) return t('edge.unknown');
    const count = formatInteger(samples, locale);
    return property === null ? count : t('loss.samplesAtLeast', { samples: count });
  };
  if (losses.isPending) return <RowsSkeleton rows={3} />;
  if (losses.isError && !losses.data) {
    return <ErrorNotice error={losses.error} sentence={t('edge.lossesFailed')} onRetry={() => void losses.refetch()} />;
  }
  if (losses.data.items.length === 0) {
    return <p className="quiet" style={{ padding: '4px 16px' }}>{edge.kind === 'third_party' ? t('edge.noLossesThirdParty') : t('edge.noLosses')}</p>;
  }
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col">{t('loss.from')}</th><th scope="col">{t('loss.to')}</th>
            <th scope="col" className="num">{t('loss.batches')}</th><th scope="col" className="num">{t('loss.samples')}</th>
            <th scope="col">{t('loss.reason')}</th><th scope="col">{t('loss.property')}</th><th scope="col">{t('loss.recorded')}</th>
          </tr>
        </thead>
        <tbody>
          {losses.data.items.map((loss) => (
            <tr key={`${loss.epoch} ${loss.first_sequence}`} title={`${loss.epoch} ${loss.first_sequence} … ${loss.last_sequence}`}>
              <td><Moment time={loss.start} missing={t('edge.unknown')} /></td>
              <td><Moment time={loss.end} missing={t('edge.unknown')} /></td>
              <td className="num">{formatInteger(loss.batches, locale)}</td>
              <td className="num">{samplesOf(loss)}</td>
              <td>{t(`loss.why.${reasonOf(loss.reason)}`)}</td>
              <td>{loss.thing === null ? '–' : <Anchor component={Link} to={`/things/${loss.thing}?p=${loss.property}`} fz="inherit">{loss.thing} · {loss.property}</Anchor>}</td>
              <td><Moment time={loss.recorded} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
