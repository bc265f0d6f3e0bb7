import { ActionIcon, Button, Group, NativeSelect, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon, type IconName } from '@/components/Icon';
import { durationText } from '@/time/range';
import type { RangeControl } from '@/time/use_range';
import { spanOfRange } from '@/time/range';

interface Props {
  control: RangeControl;
  stepMs: number | null;
  asTable: boolean;
  onTable: (on: boolean) => void;
  extra?: ReactNode;
}

const STEPS = ['1s', '10s', '1m', '5m', '15m', '1h', '1d'];
const MOST_BUCKETS = 20_000;

/** Live or still, zoom, step, and the switch to the table. */
export function ChartTools({ control, stepMs, asTable, onTable, extra }: Props) {
  const { t } = useTranslation();
  const { range, start, end } = control;
  const live = range.kind === 'live';
  const span = spanOfRange(range);
  const pause = () => control.zoom(start, end);
  const resume = () => control.setRange({ kind: 'live', spanMs: control.liveSpanMs });
  const button = (icon: IconName, label: string, onClick: () => void) => (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}><Icon name={icon} /></ActionIcon>
    </Tooltip>
  );
  const chosen = control.stepMs === null ? '' : durationText(control.stepMs);
  const auto = stepMs === null ? t('chart.samples') : durationText(stepMs);

  return (
    <Group gap="xs" px="md" py={6} justify="space-between">
      <Group gap={4}>
        <Button
          size="compact-sm" variant={live ? 'light' : 'default'} aria-pressed={live} onClick={live ? pause : resume}
          leftSection={<Icon name={live ? 'pause' : 'play'} size={14} />}
        >
          {live ? t('chart.live') : t('chart.goLive')}
        </Button>
        {button('left', t('chart.earlier'), () => control.move(-0.5))}
        {button('right', t('chart.later'), () => control.move(0.5))}
        {button('zoomIn', t('chart.zoomIn'), () => control.scale(0.5))}
        {button('zoomOut', t('chart.zoomOut'), () => control.scale(2))}
        <span className="quiet chart-hint">{t('chart.dragHint')}</span>
      </Group>
      <Group gap="xs">
        <NativeSelect
          size="xs" aria-label={t('chart.step')} value={chosen}
          onChange={(event) => control.setStep(event.currentTarget.value || null)}
          data={[
            { value: '', label: t('chart.auto', { step: auto }) },
            ...STEPS.filter((step) => step === chosen || fits(step, span)),
          ]}
        />
        {extra}
        <Tooltip label={asTable ? t('chart.asChart') : t('chart.asTable')}>
          <ActionIcon
            variant={asTable ? 'light' : 'subtle'} color="gray" aria-pressed={asTable} onClick={() => onTable(!asTable)}
            aria-label={asTable ? t('chart.asChart') : t('chart.asTable')}
          >
            <Icon name="table" />
          </ActionIcon>
        </Tooltip>
      </Group>
    </Group>
  );
}

function fits(step: string, spanMs: number): boolean {
  const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[step.at(-1)!]!;
  const ms = parseInt(step, 10) * unit;
  return spanMs / ms <= MOST_BUCKETS && spanMs / ms >= 2;
}
