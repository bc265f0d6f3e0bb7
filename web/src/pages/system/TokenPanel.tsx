import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTokens } from '@/api/system';
import type { Token } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { ExportAccessButton } from './ExportAccessButton';
import { NewTokenDialog } from './NewTokenDialog';
import { RevokeDialog } from './RevokeDialog';
import { TokenTable } from './TokenTable';

/** Tokens that programs call the hub with. */
export function TokenPanel() {
  const { t } = useTranslation();
  const tokens = useTokens(true);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const items = tokens.data?.items ?? [];
  return (
    <Panel
      title={t('token.title')}
      aside={
        <Group gap="sm">
          <ExportAccessButton />
          <Button size="compact-sm" leftSection={<Icon name="plus" size={14} />} onClick={() => setMaking(true)}>{t('token.make')}</Button>
        </Group>
      }
    >
      {tokens.isPending && <RowsSkeleton rows={2} />}
      {tokens.isError && <ErrorNotice error={tokens.error} sentence={t('token.failed')} onRetry={() => void tokens.refetch()} />}
      {tokens.isSuccess && items.length === 0 && <p className="quiet" style={{ padding: '4px 16px' }}>{t('token.none')}</p>}
      {items.length > 0 && <TokenTable tokens={items} onRevoke={setRevoking} />}
      {making && <NewTokenDialog onClose={() => setMaking(false)} />}
      {revoking && <RevokeDialog token={revoking} onClose={() => setRevoking(null)} />}
    </Panel>
  );
}
