import { useTranslation } from 'react-i18next';

/** Where a thing will stand that is not loaded yet. */
export function WaitingRow({ top, height }: { top: number; height: number }) {
  const { t } = useTranslation();
  return (
    <div className="thing-row" role="listitem" aria-label={t('things.more')} style={{ position: 'absolute', top, height, left: 0, right: 0 }}>
      <span className="thing-waiting" /><span className="thing-waiting" />
    </div>
  );
}
