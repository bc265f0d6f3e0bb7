import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { NewAccount } from '@/api/types';
import { CommandLine } from '@/components/CommandLine';
import { type BrokerPlace, edgeFile } from './account_text';

interface Props {
  made: NewAccount;
  broker: BrokerPlace;
  onClose: () => void;
}

/** The password of an account, this once; for an edge, the file that it goes into. */
export function AccountSecret({ made, broker, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Alert role="note" variant="light" color="gray" title={t('account.onceTitle')}>{t('account.onceText')}</Alert>
      <Text size="sm">{t('account.passwordOf', { name: made.name })}</Text>
      <CommandLine command={made.password} />
      {made.kind === 'edge' && (
        <>
          <Text size="sm">{t('account.edgeFile')}</Text>
          <CommandLine command={edgeFile(made, broker.address)} />
        </>
      )}
      {made.kind !== 'edge' && <Text className="quiet" size="sm">{t('account.where', { broker: broker.address })}</Text>}
      {broker.isLocalOnly && <Alert role="note" variant="light" color="yellow">{t('account.localOnly')}</Alert>}
      <Group justify="flex-end"><Button onClick={onClose}>{t('token.kept')}</Button></Group>
    </Stack>
  );
}
