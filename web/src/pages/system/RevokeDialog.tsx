import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRevokeToken } from '@/api/system';
import type { Token } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Moment } from '@/components/Moment';

interface Props {
  token: Token;
  onClose: () => void;
}

/** Says what will stop working before it does. */
export function RevokeDialog({ token, onClose }: Props) {
  const { t } = useTranslation();
  const revoke = useRevokeToken();
  return (
    <Modal opened onClose={onClose} title={t('token.revokeTitle', { name: token.name })}>
      <Stack>
        <Text>{t('token.revokeText')}</Text>
        <Text className="quiet">{t('token.lastUsed')}: <Moment time={token.last_used} as="age" /></Text>
        {revoke.isError && <ErrorNotice error={revoke.error} sentence={t('token.revokeFailed')} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>{t('action.cancel')}</Button>
          <Button loading={revoke.isPending} onClick={() => revoke.mutate(token.id, { onSuccess: onClose })}>{t('token.revoke')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
