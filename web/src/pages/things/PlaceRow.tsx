import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

interface Props {
  level: number;
  label: string;
  counts: { things: number; stale_things: number; bad_things: number };
  chosen: boolean;
  onChoose: () => void;
}

export function PlaceRow({ level, label, counts, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <button type="button" className="place" aria-current={chosen || undefined} onClick={onChoose} style={{ paddingLeft: 12 + level * 16 }}>
      <span className="clip">{label}</span>
      <span className="place-counts">
        {counts.bad_things > 0 && (
          <span className="bad" title={t('things.bad', { count: counts.bad_things })}>
            <Icon name="bad" size={11} label={t('quality.bad')} />{formatInteger(counts.bad_things, locale)}
          </span>
        )}
        {counts.stale_things > 0 && (
          <span className="stale" title={t('things.stale', { count: counts.stale_things })}>
            <Icon name="stale" size={12} label={t('quality.stale')} />{formatInteger(counts.stale_things, locale)}
          </span>
        )}
        <span className="quiet place-total">{formatInteger(counts.things, locale)}</span>
      </span>
    </button>
  );
}
