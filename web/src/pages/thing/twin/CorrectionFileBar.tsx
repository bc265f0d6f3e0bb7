import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useExportCorrections } from '@/api/correction_files';
import { useMay } from '@/api/permission';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { saveBlob } from '@/components/save_blob';
import { CorrectionFileDialog } from './CorrectionFileDialog';

/** The corrections of a thing as a file, and a file of corrections to apply. */
export function CorrectionFileBar({ thing, count }: { thing: string; count: number }) {
  const { t } = useTranslation();
  const may = useMay('correct');
  const [applying, setApplying] = useState(false);
  const download = useExportCorrections(thing);
  const save = () => download.mutate(undefined, { onSuccess: (blob) => saveBlob(blob, `corrections-${thing}.yaml`) });
  return (
    <div style={{ padding: '4px 16px 12px' }}>
      <Group gap="sm">
        {count > 0 && <Button variant="default" size="xs" leftSection={<Icon name="download" size={15} />} loading={download.isPending} onClick={save}>{t('correction.export')}</Button>}
        {may && <Button variant="default" size="xs" onClick={() => setApplying(true)}>{t('correction.applyFile')}</Button>}
      </Group>
      {download.isError && <ErrorNotice error={download.error} sentence={t('correction.exportFailed')} />}
      {applying && <CorrectionFileDialog onClose={() => setApplying(false)} />}
    </div>
  );
}
