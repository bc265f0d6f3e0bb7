import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { System } from '@/api/types';
import { Facts } from '@/components/Facts';
import { formatBytes, formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

export function StoreFacts({ system }: { system: System }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { store, metadata } = system;
  const count = (value: number) => formatInteger(value, locale);
  return (
    <div style={{ padding: 14 }}>
      <Facts
        items={[
          [t('store.engine'), `${store.engine} · ${formatBytes(store.bytes, locale)}`],
          [t('store.metadata'), `${metadata.engine} · ${formatBytes(metadata.bytes, locale)}`],
          [t('store.series'), count(store.series)],
          [t('store.sealed'), `${count(store.sealed_rows)} · ${t('store.partitions', { count: store.partitions })}`],
          [t('store.hot'), count(store.hot_rows)],
          [t('store.outOfRange'), count(store.out_of_range_rows)],
          [t('store.commit'), count(store.commit)],
          [t('system.api'), <Anchor key="api" href="/api/docs" target="_blank" fz="inherit">/api/docs</Anchor>],
        ]}
      />
    </div>
  );
}
