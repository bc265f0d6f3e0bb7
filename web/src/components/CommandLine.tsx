import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from './Icon';

/** A command to type, with a button that copies it. */
export function CommandLine({ command }: { command: string }) {
  const { t } = useTranslation();
  return (
    <Group gap={6} wrap="nowrap" maw="100%">
      <Code block style={{ overflowX: 'auto' }} py={6}>{command}</Code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t('action.copied') : t('action.copy')}>
            <ActionIcon variant="subtle" onClick={copy} aria-label={copied ? t('action.copied') : t('action.copy')}>
              <Icon name={copied ? 'good' : 'copy'} size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
