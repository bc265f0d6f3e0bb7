import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Correction } from '@/api/types';
import { formatShort } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useSiteZone } from '@/time/site_clock';
import { bandsOf } from './bands';
import { panelHeight, panelTop, type Panel } from './panels';

interface Props {
  corrections: Correction[];
  panels: Panel[];
  start: number;
  end: number;
  width: number;
}

/** Corrected time as hatched bands over the line it is about, each with a flag that says who and why. */
export function ChartBands({ corrections, panels, start, end, width }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useSiteZone();
  const height = panelHeight(panels.length);
  return panels.flatMap((panel, i) => {
    const mine = corrections.filter((one) => panel.lines.some((line) => line.thing === one.thing && line.property === one.property));
    return bandsOf(mine, start, end, width).map(({ correction, left, width: wide }) => {
      const when = `${formatShort(Date.parse(correction.start), locale, zone, Date.now())} – ${formatShort(Date.parse(correction.end), locale, zone, Date.now())}`;
      const text = t('correction.flag', { action: t(`correction.action.${correction.action}`), by: correction.by, reason: correction.reason });
      return (
        <div key={`${panel.key} ${correction.id}`} className="chart-band" style={{ left, width: wide, top: panelTop(i, height), height }}>
          <Tooltip label={<><div>{text}</div><div>{when}</div></>}>
            <button type="button" className="chart-flag" aria-label={`${text} ${when}`} onPointerDown={(event) => event.stopPropagation()}>⚑</button>
          </Tooltip>
        </div>
      );
    });
  });
}
