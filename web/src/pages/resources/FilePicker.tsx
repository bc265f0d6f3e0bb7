import { Button, FileButton, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FileText } from '@/api/types';
import { formatBytes } from '@/format/number';
import { useLocale } from '@/i18n/locale';

interface Props {
  files: FileText[];
  onChange: (files: FileText[]) => void;
}

/** YAML files of this computer; their text stays in the page until it is sent. */
export function FilePicker({ files, onChange }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const take = (chosen: File[]) => {
    void Promise.all(chosen.map(async (file) => ({ path: file.webkitRelativePath || file.name, text: await file.text() }))).then(onChange);
  };
  return (
    <Group gap="sm">
      <FileButton onChange={take} accept=".yaml,.yml" multiple>
        {(props) => <Button variant="default" {...props}>{t('resources.choose')}</Button>}
      </FileButton>
      <span className="quiet">
        {files.length > 0 && t('resources.chosen', { count: files.length, size: formatBytes(files.reduce((sum, file) => sum + file.text.length, 0), locale) })}
      </span>
    </Group>
  );
}
