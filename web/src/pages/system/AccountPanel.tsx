import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccounts } from '@/api/accounts';
import type { Account } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import type { BrokerPlace } from './account_text';
import { AccountTable } from './AccountTable';
import { ExportAccessButton } from './ExportAccessButton';
import { NewAccountDialog } from './NewAccountDialog';
import { RemoveAccountDialog } from './RemoveAccountDialog';
import { RenewDialog } from './RenewDialog';

/** Who may log in to the hub's own broker: edges, devices, consumers. */
export function AccountPanel({ broker }: { broker: BrokerPlace }) {
  const { t } = useTranslation();
  const accounts = useAccounts();
  const [making, setMaking] = useState(false);
  const [renewing, setRenewing] = useState<Account | null>(null);
  const [removing, setRemoving] = useState<Account | null>(null);
  return (
    <Panel
      title={t('account.title')}
      aside={
        <Group gap="sm">
          <ExportAccessButton />
          <Button size="compact-sm" leftSection={<Icon name="plus" size={14} />} onClick={() => setMaking(true)}>{t('account.make')}</Button>
        </Group>
      }
    >
      {accounts.isPending && <RowsSkeleton rows={2} />}
      {accounts.isError && <ErrorNotice error={accounts.error} sentence={t('account.failed')} onRetry={() => void accounts.refetch()} />}
      {accounts.data?.length === 0 && <p className="quiet" style={{ padding: '4px 16px' }}>{t('account.none')}</p>}
      {accounts.data && accounts.data.length > 0 && <AccountTable accounts={accounts.data} onRenew={setRenewing} onRemove={setRemoving} />}
      {making && <NewAccountDialog broker={broker} onClose={() => setMaking(false)} />}
      {renewing && <RenewDialog account={renewing} broker={broker} onClose={() => setRenewing(null)} />}
      {removing && <RemoveAccountDialog account={removing} onClose={() => setRemoving(null)} />}
    </Panel>
  );
}
