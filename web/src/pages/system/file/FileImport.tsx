import { Button, Checkbox, Group, Progress, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { forgetUpload, useFileWork, useMappingProposal, useUploadProgress, type FileOrder } from '@/api/file_imports';
import { YamlEditor } from '@/components/change/YamlEditor';
import { CommandLine } from '@/components/CommandLine';
import { ErrorNotice } from '@/components/ErrorNotice';
import { FileDrop } from './FileDrop';
import { FileReportView } from './FileReportView';
import { FileResult } from './FileResult';
import { MAPPING_FILE, mappingProblems, needsFolder } from './mapping_problems';
import './file.css';

/** A file of this computer becomes history: a proposed mapping, a check that stores nothing, the import. */
export function FileImport() {
  const { t } = useTranslation();
  const [file, setFile] = useState<File | null>(null);
  const [thing, setThing] = useState('');
  const [folder, setFolder] = useState('');
  const [mapping, setMapping] = useState('');
  const [skip, setSkip] = useState(false);
  const [sent, setSent] = useState(0);
  const [id, setId] = useState<string | null>(null);
  const [checked, setChecked] = useState('');
  const held = useRef<string | null>(null);
  const proposal = useMappingProposal();
  const work = useFileWork();
  const progress = useUploadProgress(id, work.isPending);

  const hold = (next: string | null) => {
    if (held.current && held.current !== next) forgetUpload(held.current);
    held.current = next;
    setId(next);
  };
  // A check is of no use without its page; an import goes on.
  const importing = useRef(false);
  useEffect(() => { importing.current = work.isPending && work.variables.order.kind === 'import'; });
  useEffect(() => () => { if (held.current && !importing.current) forgetUpload(held.current); }, []);

  const propose = (from: File) => proposal.mutate({ file: from, thing: thing.trim() }, { onSuccess: (made) => setMapping(made.mapping) });
  const take = (chosen: File) => {
    hold(null);
    work.reset();
    setFile(chosen);
    setSkip(false);
    propose(chosen);
  };
  const run = (kind: FileOrder['kind']) => {
    if (!file) return;
    setSent(id === null ? 0 : 1);
    setChecked(`${folder}\n${mapping}`);
    work.mutate({ file, id, order: { kind, mapping, folder, skipBadRows: skip }, onSent: setSent, onId: hold });
  };

  const done = work.data?.work ?? null;
  const report = work.isPending ? null : done?.report ?? null;
  const isImported = done?.kind === 'import' && done.state === 'done' && !work.isPending;
  const isCurrent = checked === `${folder}\n${mapping}`;
  const refused = report?.totals?.refused_rows ?? 0;
  const ready = isCurrent && report !== null && done?.state === 'done' && done.kind === 'check' && (refused === 0 || skip);
  const again = isCurrent && report !== null && done?.state === 'failed' && done.kind === 'import';
  const share = sent < 1 ? sent : progress.data?.work?.done ?? 0;
  const phase = sent < 1 ? t('fileImport.sending') : work.variables?.order.kind === 'import' ? t('fileImport.importing') : t('fileImport.checking');

  return (
    <Stack p="md" gap="sm">
      <Text className="quiet" size="sm">{t('fileImport.text')}</Text>
      <FileDrop file={file} disabled={work.isPending} onFile={take} />
      {file && (
        <>
          <Group align="flex-end" gap="sm">
            <TextInput label={t('fileImport.thing')} description={t('fileImport.thingText')} value={thing} onChange={(event) => setThing(event.currentTarget.value)} />
            <Button variant="default" loading={proposal.isPending} onClick={() => propose(file)}>{t('fileImport.propose')}</Button>
          </Group>
          {proposal.isError && <ErrorNotice error={proposal.error} sentence={t('fileImport.proposeFailed')} elsewhere />}
          <YamlEditor file={MAPPING_FILE} label={t('fileImport.mapping')} value={mapping} onChange={setMapping} problems={isCurrent ? mappingProblems(report) : []} />
          {needsFolder(mapping) && <TextInput label={t('fileImport.folder')} description={t('fileImport.folderText')} value={folder} onChange={(event) => setFolder(event.currentTarget.value)} />}
          <Group gap="sm">
            <Button variant="default" disabled={mapping.trim() === '' || work.isPending || isImported} onClick={() => run('check')}>{t('fileImport.check')}</Button>
            <Button disabled={!(ready || again) || work.isPending} onClick={() => run('import')}>{t('fileImport.import')}</Button>
            {isCurrent && refused > 0 && !isImported && <Checkbox label={t('fileImport.skip', { count: refused })} checked={skip} onChange={(event) => setSkip(event.currentTarget.checked)} />}
          </Group>
        </>
      )}
      {work.isPending && (
        <div role="status">
          <Text size="sm">{phase}</Text>
          <Progress value={share * 100} mt={4} maw={420} aria-label={phase} />
        </div>
      )}
      {work.isError && <ErrorNotice error={work.error} sentence={t('fileImport.failed')} elsewhere />}
      {report && isCurrent && (isImported ? <FileResult report={report} /> : <FileReportView report={report} />)}
      {report && !isCurrent && !isImported && <Text className="quiet" size="sm">{t('fileImport.changed')}</Text>}
      <Text className="quiet" size="sm">{t('fileImport.large')}</Text>
      <CommandLine command="millrace import --mapping mapping.yaml --dry-run history.csv" />
    </Stack>
  );
}
