import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { downloadExport, type ExportProgress, type ExportRequest } from '@/api/history';
import { ErrorNotice } from '@/components/ErrorNotice';
import { saveBlob } from '@/components/save_blob';
import { formatBytes, formatInteger } from '@/format/number';
import { formatSpan } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useNow } from '@/time/now';

interface Props {
  wanted: ExportRequest;
  onClose: () => void;
}

/** How far the file is; closing the window gives it up. */
export function ExportDialog({ wanted, onClose }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const now = useNow();
  const [started] = useState(Date.now);
  const [progress, setProgress] = useState<ExportProgress>({ bytes: 0, rows: null });
  const [done, setDone] = useState(false);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    const stop = new AbortController();
    downloadExport(wanted, setProgress, stop.signal).then(
      ({ blob, rows }) => {
        saveBlob(blob, `${wanted.thing}-${wanted.start.slice(0, 19).replaceAll(':', '')}.${wanted.format}`);
        setProgress({ bytes: blob.size, rows });
        setDone(true);
      },
      (reason: unknown) => {
        if (!stop.signal.aborted) setError(reason);
      },
    );
    return () => stop.abort();
  }, [wanted]);

  const rows = progress.rows === null ? '' : t('export.rows', { count: progress.rows, rows: formatInteger(progress.rows, locale) });
  const running = !done && error === null;
  return (
    <Modal opened onClose={onClose} title={t('export.title', { format: wanted.format === 'csv' ? 'CSV' : 'Parquet' })} closeOnClickOutside={!running}>
      <Stack gap="sm">
        {error !== null && <ErrorNotice error={error} sentence={t('export.failed')} />}
        {running && <Progress value={100} animated striped aria-label={t('export.running')} />}
        {error === null && (
          <Text role="status">
            {done ? t('export.done') : t('export.running')} {formatBytes(progress.bytes, locale)} {rows}
            {running && <span className="quiet"> · {formatSpan(Math.max(now - started, 0), locale)}</span>}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant={running ? 'default' : 'filled'} onClick={onClose}>{running ? t('action.cancel') : t('action.close')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
