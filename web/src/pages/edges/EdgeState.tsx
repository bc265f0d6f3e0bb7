import { useTranslation } from 'react-i18next';
import type { Edge } from '@/api/types';
import { Icon } from '@/components/Icon';
import { Moment } from '@/components/Moment';

export function EdgeState({ edge }: { edge: Edge }) {
  const { t } = useTranslation();
  return (
    <span className={`quality ${edge.connected ? 'good' : 'bad'}`}>
      {edge.connected ? <span className="quality-dot" aria-hidden /> : <Icon name="offline" size={15} />}
      {edge.connected ? t('edge.connected') : t('edge.disconnected')}
      {edge.since && <span className="quality-why quiet">{t('edge.since')} <Moment time={edge.since} /></span>}
    </span>
  );
}
