import { Button, Tooltip } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useMay } from '@/api/permission';
import type { Correction, ThingDetail } from '@/api/types';
import { AsCameButton } from '@/chart/AsCameButton';
import { ChartCard } from '@/chart/ChartCard';
import { isAsCame } from '@/chart/as_came';
import { isDrawable, lineKey } from '@/chart/lines';
import { Empty } from '@/components/Empty';
import { labelOf } from '@/format/number';
import type { RangeControl } from '@/time/use_range';
import { ExportButton } from './ExportButton';
import { withAllLimits } from './chosen';
import { CorrectionDialog } from './twin/CorrectionDialog';

interface Props {
  thing: ThingDetail;
  chosen: string[];
  control: RangeControl;
  corrections: Correction[];
}

/** The history of a thing; in correcting mode dragging chooses the time to correct. */
export function ThingChart({ thing, chosen, control, corrections }: Props) {
  const { t } = useTranslation();
  const { id, properties } = thing;
  const may = useMay('correct');
  const [correcting, setCorrecting] = useState(false);
  const [asked, setAsked] = useState<{ start: number; end: number } | null>(null);
  const picks = useMemo(() => chosen.map((property) => ({ thing: id, property })), [chosen, id]);
  const labels = useMemo(() => new Map(properties.map((one) => [lineKey(id, one.name), labelOf(one.title, one.name)])), [id, properties]);
  const limits = useMemo(() => new Map(properties.map((one) => [lineKey(id, one.name), one.contract?.alarms ?? []])), [id, properties]);
  const limited = properties.some((one) => chosen.includes(one.name) && (one.contract?.alarms.length ?? 0) > 0);
  const [query, setQuery] = useSearchParams();
  const allLimits = query.get('limits') === 'all';
  const asCame = isAsCame(query);
  const corrected = corrections.some((one) => chosen.includes(one.property));
  const first = properties.find((one) => chosen.includes(one.name)) ?? properties[0];
  return (
    <>
      <ChartCard
        title={t('thing.history')} picks={picks} labels={labels} layout="stacked" control={control} corrections={corrections}
        limits={limits} allLimits={allLimits} asCame={asCame} onSelect={correcting ? (start, end) => setAsked({ start, end }) : undefined}
        tools={
          <>
            {may && chosen.length > 0 && (
              <Button size="compact-sm" variant={correcting ? 'filled' : 'default'} aria-pressed={correcting} onClick={() => setCorrecting(!correcting)}>
                {t('correction.button')}
              </Button>
            )}
            {correcting && <Button size="compact-sm" variant="default" onClick={() => setAsked({ start: control.start, end: control.end })}>{t('correction.type')}</Button>}
            {(corrected || asCame) && <AsCameButton />}
            {limited && (
              <Tooltip label={t('limit.reachText')}>
                <Button size="compact-sm" variant={allLimits ? 'filled' : 'default'} aria-pressed={allLimits} onClick={() => setQuery(withAllLimits(query, !allLimits), { replace: true })}>
                  {t('limit.reach')}
                </Button>
              </Tooltip>
            )}
            <ExportButton thing={id} properties={chosen.length > 0 ? chosen : properties.map((one) => one.name)} control={control} />
          </>
        }
        empty={
          <Empty title={t('chart.pickTitle')}>
            {properties.some((one) => isDrawable(one.type)) ? t('chart.pickText') : t('chart.noneDrawable')}
          </Empty>
        }
      />
      {asked && first && (
        <CorrectionDialog
          thing={id} properties={properties} property={first.name} start={asked.start} end={asked.end}
          onClose={() => { setAsked(null); setCorrecting(false); }}
        />
      )}
    </>
  );
}
