import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLiveState } from '@/api/live/live_hub';

/** Whether what stands on the screen is of now; quiet as long as it is. */
export function LiveDot() {
  const { t } = useTranslation();
  const { phase } = useLiveState();
  return (
    <Tooltip label={t(`live.explain.${phase}`)}>
      <span className={`live-dot ${phase}`} role="status">
        <span aria-hidden />{t(`live.${phase}`)}
      </span>
    </Tooltip>
  );
}
