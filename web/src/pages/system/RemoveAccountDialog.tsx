import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRemoveAccount } from '@/api/accounts';
import type { Account } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';

interface Props {
  account: Account;
  onClose: () => void;
}

/** Says what will stop working before it does. */
export function RemoveAccountDialog({ account, onClose }: Props) {
  const { t } = useTranslation();
  const remove = useRemoveAccount();
  return (
    <Modal opened onClose={onClose} title={t('account.removeTitle', { name: account.name })}>
      <Stack>
        <Text>{t(`account.removeText.${account.kind}`)}</Text>
        {remove.isError && <ErrorNotice error={remove.error} sentence={t('account.removeFailed')} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>{t('action.cancel')}</Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(account.name, { onSuccess: onClose })}>{t('account.remove')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
