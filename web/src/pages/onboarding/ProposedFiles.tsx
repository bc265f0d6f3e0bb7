import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useValidation } from '@/api/resources';
import type { FileText } from '@/api/types';
import { ChangeForm } from '@/components/change/ChangeForm';
import { YamlEditor } from '@/components/change/YamlEditor';

interface Props {
  files: FileText[];
  onApplied: () => void;
}

const MANY = 6;

/** What would be applied, as files that may still be edited. */
export function ProposedFiles({ files: proposed, onApplied }: Props) {
  const [files, setFiles] = useState(proposed);
  const [settled] = useDebouncedValue(files, 400);
  const problems = useValidation(settled, true).data?.problems ?? [];
  return (
    <>
      {files.map((file, i) => (
        <details key={file.path} open={files.length <= MANY}>
          <summary className="mono quiet">{file.path}</summary>
          <YamlEditor file={file.path} value={file.text} problems={problems} onChange={(text) => setFiles((old) => old.map((one, at) => (at === i ? { ...one, text } : one)))} />
        </details>
      ))}
      <ChangeForm files={files} onApplied={onApplied} />
    </>
  );
}
