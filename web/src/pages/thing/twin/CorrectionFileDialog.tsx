import { Button, FileButton, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApplyCorrections } from '@/api/correction_files';
import { CommandLine } from '@/components/CommandLine';
import { ErrorNotice } from '@/components/ErrorNotice';
import { CorrectionFileResult } from './CorrectionFileResult';

/** A pasted or chosen file of corrections: first what it would make, then made at once or not at all. */
export function CorrectionFileDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const dry = useApplyCorrections();
  const apply = useApplyCorrections();
  const put = (next: string) => {
    setText(next);
    dry.reset();
    apply.reset();
  };
  const ready = dry.data !== undefined && dry.data.problems.length === 0 && dry.data.new > 0;
  return (
    <Modal opened onClose={onClose} title={t('correction.applyFile')} closeOnClickOutside={text === ''} size="xl">
      <Stack>
        <Text className="quiet" size="sm">{t('correction.fileRule')}</Text>
        <CommandLine command="millrace corrections apply corrections.yaml --dry-run" />
        <div>
          <FileButton onChange={(file) => { if (file) void file.text().then(put); }} accept=".yaml,.yml,application/yaml">
            {(props) => <Button variant="default" {...props}>{t('correction.chooseFile')}</Button>}
          </FileButton>
        </div>
        <Textarea
          label={t('correction.yaml')} value={text} autosize minRows={6} maxRows={16} data-autofocus spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} onChange={(event) => put(event.currentTarget.value)}
        />
        {dry.isError && <ErrorNotice error={dry.error} sentence={t('correction.fileFailed')} />}
        {dry.data && !apply.data && <CorrectionFileResult result={dry.data} />}
        {apply.isError && <ErrorNotice error={apply.error} sentence={t('correction.fileFailed')} />}
        {apply.data && <Text fw={600} role="status">{t('correction.fileApplied', { count: apply.data.new, commit: apply.data.commit ?? '' })}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{apply.data ? t('action.close') : t('action.cancel')}</Button>
          {!apply.data && (ready
            ? <Button loading={apply.isPending} onClick={() => apply.mutate({ text, dryRun: false })}>{t('correction.applyNew', { count: dry.data.new })}</Button>
            : <Button disabled={text.trim() === ''} loading={dry.isPending} onClick={() => dry.mutate({ text, dryRun: true })}>{t('correction.tryFile')}</Button>)}
        </Group>
      </Stack>
    </Modal>
  );
}
