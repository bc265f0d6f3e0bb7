import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useExportResources } from '@/api/resources';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { saveBlob } from '@/components/save_blob';
import { oneFile } from './one_file';

/** Everything that is configured, as one file that can be planned and applied again. */
export function ExportAllButton() {
  const { t } = useTranslation();
  const download = useExportResources();
  const start = () => download.mutate(undefined, {
    onSuccess: ({ files, revision }) => saveBlob(new Blob([oneFile(files)], { type: 'application/yaml' }), `millrace-resources-${revision}.yaml`),
  });
  return (
    <Group gap="sm">
      <Button variant="default" leftSection={<Icon name="download" size={15} />} loading={download.isPending} onClick={start}>{t('resources.exportAll')}</Button>
      {download.isSuccess && <span role="status" className="quiet">{t('resources.exported', { count: download.data.files.length })}</span>}
      {download.isError && <ErrorNotice error={download.error} sentence={t('resources.exportFailed')} />}
    </Group>
  );
}
