import { Button, Group, Menu, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { formatDateTime, fromLocalField, toLocalField } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { PRESETS, durationText, fixed, parseDuration, spanOfRange } from '@/time/range';
import { useSiteZone } from '@/time/site_clock';
import type { RangeControl } from '@/time/use_range';

/** The last minutes or days, or from one instant to another in the site's time. */
export function RangePicker({ control }: { control: RangeControl }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useSiteZone();
  const { range } = control;
  const [open, setOpen] = useState(false);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const show = (next: boolean) => {
    setOpen(next);
    setFrom(toLocalField(control.start, zone));
    setTo(toLocalField(control.end, zone));
  };
  const startMs = fromLocalField(from, zone);
  const endMs = fromLocalField(to, zone);
  const valid = startMs !== null && endMs !== null && endMs > startMs;
  const preset = range.kind === 'live' ? durationText(range.spanMs) : null;
  const known = PRESETS.some((one) => parseDuration(one) === spanOfRange(range));
  const label = range.kind === 'live'
    ? known ? t(`range.${PRESETS.find((one) => parseDuration(one) === range.spanMs)!}`) : t('range.last', { span: preset })
    : `${formatDateTime(range.startMs, locale, zone)} – ${formatDateTime(range.endMs, locale, zone)}`;

  return (
    <Menu opened={open} onChange={show} position="bottom-end" withinPortal closeOnItemClick width={330}>
      <Menu.Target>
        <Button variant="default" size="compact-sm" rightSection={<Icon name="down" size={13} />}>{label}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="range-presets">
          {PRESETS.map((one) => (
            <Menu.Item key={one} onClick={() => control.setRange({ kind: 'live', spanMs: parseDuration(one)! })}>
              {t(`range.${one}`)}
            </Menu.Item>
          ))}
        </div>
        <Menu.Divider />
        <Stack gap={6} p="xs">
          <TextInput type="datetime-local" step={1} size="xs" label={t('range.from')} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          <TextInput
            type="datetime-local" step={1} size="xs" label={t('range.to')} value={to} onChange={(event) => setTo(event.currentTarget.value)}
            error={valid || from === '' ? undefined : t('range.wrong')}
          />
          <Group justify="space-between">
            <Text size="xs" className="quiet">{zone}</Text>
            <Button
              size="xs" disabled={!valid}
              onClick={() => { control.setRange(fixed(startMs!, endMs!)); setOpen(false); }}
            >
              {t('range.show')}
            </Button>
          </Group>
        </Stack>
      </Menu.Dropdown>
    </Menu>
  );
}
