import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useExportAccess } from '@/api/access';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { saveBlob } from '@/components/save_blob';

/** Accounts and tokens as the file that `millrace access apply` takes. */
export function ExportAccessButton() {
  const { t } = useTranslation();
  const download = useExportAccess();
  const start = () => download.mutate(undefined, { onSuccess: (file) => saveBlob(file, 'access.yaml') });
  return (
    <>
      {download.isError && <ErrorNotice error={download.error} sentence={t('access.exportFailed')} />}
      <Button variant="default" size="compact-sm" title={t('access.exportText')} leftSection={<Icon name="download" size={14} />} loading={download.isPending} onClick={start}>{t('access.export')}</Button>
    </>
  );
}
