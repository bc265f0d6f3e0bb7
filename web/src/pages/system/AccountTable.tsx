import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Account } from '@/api/types';

interface Props {
  accounts: Account[];
  onRenew: (account: Account) => void;
  onRemove: (account: Account) => void;
}

export function AccountTable({ accounts, onRenew, onRemove }: Props) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col">{t('account.name')}</th><th scope="col">{t('account.kindColumn')}</th>
            <th scope="col">{t('account.allowed')}</th><th scope="col">{t('account.state')}</th>
            <th scope="col"><span className="visually-hidden">{t('account.renew')}, {t('account.remove')}</span></th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((one) => (
            <tr key={one.name}>
              <th scope="row">{one.name}</th>
              <td>{t(`account.kind.${one.kind}`)}</td>
              <td>
                {one.kind === 'edge' && one.site}
                {one.kind === 'device' && <span className="mono">{one.topics.join(', ')}</span>}
                {one.kind === 'consumer' && (one.may_command ? t('account.hearsAndCommands') : t('account.hears'))}
              </td>
              <td>{one.connected === null ? '' : one.connected ? t('edge.connected') : <span className="quiet">{t('edge.disconnected')}</span>}</td>
              <td className="num">
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  <Button size="compact-xs" variant="subtle" onClick={() => onRenew(one)}>{t('account.renew')}</Button>
                  <Button size="compact-xs" variant="subtle" onClick={() => onRemove(one)}>{t('account.remove')}</Button>
                </Group>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
