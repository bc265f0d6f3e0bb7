import { useTranslation } from 'react-i18next';
import type { Quality, Reason } from '@/api/types';
import { Icon } from './Icon';

interface Props {
  quality: Quality;
  stale: boolean;
  reasons?: Reason[];
  /** Good is the normal case: where a column is full of it, its word stays quiet. */
  quiet?: boolean;
  /** Reasons on a line of their own, for narrow columns. */
  below?: boolean;
}

/** Quality as shape and word; colour only for what is not good. */
export function QualityMark({ quality, stale, reasons = [], quiet = false, below = false }: Props) {
  const { t } = useTranslation();
  const shown = quality === 'good' && stale ? 'stale' : quality;
  const why = reasons.map((reason) => t(`reason.short.${reason}`)).join(t('list.separator'));
  return (
    <span className={`quality ${shown} ${below ? 'quality-below' : ''}`}>
      <span className="quality-word">
        {shown === 'good' ? <span className="quality-dot" aria-hidden /> : <Icon name={shown} size={13} />}
        <span className={shown === 'good' && quiet ? 'quiet' : undefined}>{t(`quality.${shown}`)}</span>
      </span>
      {why !== '' && <span className="quality-why">{why}</span>}
      {stale && quality !== 'good' && <span className="quality-why">{t('quality.stale')}</span>}
    </span>
  );
}
