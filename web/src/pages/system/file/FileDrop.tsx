import { Button, FileButton, Group, Text } from '@mantine/core';
import { useRef, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes } from '@/format/number';
import { useLocale } from '@/i18n/locale';

interface Props {
  file: File | null;
  disabled: boolean;
  onFile: (file: File) => void;
}

/** A place to drop a file on; the button does the same for the keyboard. */
export function FileDrop({ file, disabled, onFile }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [over, setOver] = useState(false);
  const forget = useRef<() => void>(null);
  const take = (chosen: File | null | undefined) => {
    if (chosen && !disabled) onFile(chosen);
    forget.current?.(); // the same file may be chosen again, mended
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <div
      className={`file-drop${over ? ' over' : ''}`} onDrop={drop} onDragLeave={() => setOver(false)}
      onDragOver={(event) => { event.preventDefault(); setOver(true); }}
    >
      <Group gap="sm">
        <FileButton resetRef={forget} onChange={take} accept=".csv,.tsv,.txt,.gz,text/csv,text/plain,application/gzip" disabled={disabled}>
          {(props) => <Button variant="default" disabled={disabled} {...props}>{t('fileImport.choose')}</Button>}
        </FileButton>
        {file ? <span>{file.name} <span className="quiet">{formatBytes(file.size, locale)}</span></span> : <Text className="quiet" size="sm">{t('fileImport.drop')}</Text>}
      </Group>
    </div>
  );
}
