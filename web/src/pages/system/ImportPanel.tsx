import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/permission';
import { Icon } from '@/components/Icon';
import { Panel } from '@/components/Panel';
import { FileImport } from './file/FileImport';
import { ImportTable } from './ImportTable';

/** Where history came from, and the way to bring more in. */
export function ImportPanel() {
  const { t } = useTranslation();
  const may = useMay('import');
  const [open, { toggle }] = useDisclosure(false);
  const button = may && (
    <Button size="compact-sm" variant={open ? 'default' : 'filled'} leftSection={!open && <Icon name="plus" size={14} />} aria-expanded={open} onClick={toggle}>
      {open ? t('fileImport.close') : t('fileImport.open')}
    </Button>
  );
  return (
    <Panel title={t('system.imports')} aside={button}>
      {may && open && <FileImport />}
      <ImportTable />
    </Panel>
  );
}
