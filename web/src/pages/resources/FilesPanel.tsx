import { Checkbox, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileText } from '@/api/types';
import { CommandLine } from '@/components/CommandLine';
import { ChangeForm } from '@/components/change/ChangeForm';
import { FilePicker } from './FilePicker';

/** Files of this computer → plan → apply, as the command line does it. */
export function FilesPanel() {
  const { t } = useTranslation();
  const [files, setFiles] = useState<FileText[]>([]);
  const [prune, setPrune] = useState(false);
  return (
    <section className="panel">
      <Stack p="md" gap="sm">
        <Text className="quiet" size="sm">{t('resources.filesText')}</Text>
        <CommandLine command="millrace plan plant/ && millrace apply plant/" />
        <FilePicker files={files} onChange={setFiles} />
        <Checkbox label={t('resources.prune')} description={t('resources.pruneText')} checked={prune} onChange={(event) => setPrune(event.currentTarget.checked)} />
        <ChangeForm files={files} prune={prune} idle={files.length === 0} onApplied={() => { setFiles([]); setPrune(false); }} />
      </Stack>
    </section>
  );
}
