import { Stack, Text } from '@mantine/core';
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
  return (
    <section className="panel">
      <Stack p="md" gap="sm">
        <Text className="quiet" size="sm">{t('resources.filesText')}</Text>
        <CommandLine command="millrace plan plant/ && millrace apply plant/" />
        <FilePicker files={files} onChange={setFiles} />
        <ChangeForm files={files} idle={files.length === 0} onApplied={() => setFiles([])} />
      </Stack>
    </section>
  );
}
