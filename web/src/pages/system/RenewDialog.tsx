import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRenewAccount } from '@/api/accounts';
import type { Account } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import type { BrokerPlace } from './account_text';
import { AccountSecret } from './AccountSecret';

interface Props {
  account: Account;
  broker: BrokerPlace;
  onClose: () => void;
}

/** Says what a new password does before it does. */
export function RenewDialog({ account, broker, onClose }: Props) {
  const { t } = useTranslation();
  const renew = useRenewAccount();
  return (
    <Modal opened onClose={onClose} title={t('account.renewTitle', { name: account.name })} closeOnClickOutside={!renew.data} size="lg">
      {renew.data ? <AccountSecret made={renew.data} broker={broker} onClose={onClose} /> : (
        <Stack>
          <Text>{t('account.renewText')}</Text>
          {renew.isError && <ErrorNotice error={renew.error} sentence={t('account.renewFailed')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} data-autofocus>{t('action.cancel')}</Button>
            <Button loading={renew.isPending} onClick={() => renew.mutate(account.name)}>{t('account.renew')}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
