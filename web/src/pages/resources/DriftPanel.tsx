import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDrift } from '@/api/resources';
import type { FileText } from '@/api/types';
import { CommandLine } from '@/components/CommandLine';
import { ErrorNotice } from '@/components/ErrorNotice';
import { ChangeList } from '@/components/change/ChangeList';
import { ProblemList } from '@/components/change/ProblemList';
import { asFailure } from '@/api/failure';
import { FilePicker } from './FilePicker';

/** How the hub has moved away from the files that should describe it. */
export function DriftPanel() {
  const { t } = useTranslation();
  const [files, setFiles] = useState<FileText[]>([]);
  const drift = useDrift();
  return (
    <section className="panel">
      <Stack p="md" gap="sm">
        <Text className="quiet" size="sm">{t('resources.driftText')}</Text>
        <CommandLine command="millrace drift plant/" />
        <FilePicker files={files} onChange={(next) => { setFiles(next); drift.reset(); }} />
        <div><Button variant="default" disabled={files.length === 0} loading={drift.isPending} onClick={() => drift.mutate(files)}>{t('resources.compare')}</Button></div>
        {drift.isError && <ErrorNotice error={drift.error} sentence={t('resources.driftFailed')} />}
        {drift.isError && <ProblemList problems={asFailure(drift.error).problems} withFile />}
        {drift.data && (
          <div role="status">
            <Text fw={600}>{drift.data.changes.length === 0 ? t('resources.noDrift') : t('resources.driftCount', { count: drift.data.changes.length })}</Text>
            {drift.data.changes.length > 0 && <Text className="quiet" size="sm">{t('resources.driftLegend')}</Text>}
            <ChangeList changes={drift.data.changes} />
          </div>
        )}
      </Stack>
    </section>
  );
}
