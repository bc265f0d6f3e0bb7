import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportRequest } from '@/api/history';
import { Icon } from '@/components/Icon';
import type { RangeControl } from '@/time/use_range';
import { ExportDialog } from './ExportDialog';

interface Props {
  thing: string;
  properties: string[];
  control: RangeControl;
}

export function ExportButton({ thing, properties, control }: Props) {
  const { t } = useTranslation();
  const [originals, setOriginals] = useState(false);
  const [wanted, setWanted] = useState<ExportRequest | null>(null);
  const ask = (format: 'csv' | 'parquet') => setWanted({
    format, thing, properties, originals, start: new Date(control.start).toISOString(), end: new Date(control.end).toISOString(),
  });
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" size="compact-sm" leftSection={<Icon name="download" size={15} />}>{t('export.button')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('export.what', { count: properties.length })}</Menu.Label>
          <Menu.CheckboxItem checked={originals} onChange={setOriginals}>{t('export.originals')}</Menu.CheckboxItem>
          <Menu.Item onClick={() => ask('csv')}>CSV</Menu.Item>
          <Menu.Item onClick={() => ask('parquet')}>Parquet</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {wanted && <ExportDialog wanted={wanted} onClose={() => setWanted(null)} />}
    </>
  );
}
