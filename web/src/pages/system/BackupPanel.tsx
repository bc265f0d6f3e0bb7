import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackup } from '@/api/system';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Facts } from '@/components/Facts';
import { Panel } from '@/components/Panel';
import { formatBytes, formatInteger } from '@/format/number';
import { formatSpan } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useNow } from '@/time/now';
import { VerifyForm } from './VerifyForm';

/** A copy of all stores, made while the hub goes on. */
export function BackupPanel() {
  const { t } = useTranslation();
  const locale = useLocale();
  const now = useNow();
  const backup = useBackup();
  const [started, setStarted] = useState(0);
  const start = () => {
    setStarted(Date.now());
    backup.mutate();
  };
  return (
    <Panel title={t('backup.title')} aside={<Button size="compact-sm" variant="default" onClick={start} loading={backup.isPending}>{t('backup.make')}</Button>}>
      <Stack gap="xs" p="md">
        <Text className="quiet" size="sm">{t('backup.text')}</Text>
        {backup.isPending && <Text role="status">{t('backup.running', { span: formatSpan(Math.max(now - started, 0), locale) })}</Text>}
        {backup.isError && <ErrorNotice error={backup.error} sentence={t('backup.failed')} />}
        {backup.data && (
          <div role="status">
            <Facts
              items={[
                [t('backup.done'), backup.data.name],
                [t('backup.path'), <span key="path" className="mono">{backup.data.path}</span>],
                [t('backup.size'), formatBytes(backup.data.bytes, locale)],
                [t('store.commit'), formatInteger(backup.data.commit, locale)],
                [t('backup.took'), formatSpan(Date.parse(backup.data.finished) - Date.parse(backup.data.started), locale)],
              ]}
            />
          </div>
        )}
        <VerifyForm latest={backup.data?.name ?? null} />
      </Stack>
    </Panel>
  );
}
