import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLogout, useMe } from '@/api/session';
import { Icon } from './Icon';

export function UserMenu() {
  const { t } = useTranslation();
  const me = useMe().data;
  const logout = useLogout();
  if (!me) return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm">{me.user}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t(`role.${me.role}`)}</Menu.Label>
        <Menu.Item leftSection={<Icon name="logout" size={16} />} onClick={() => logout.mutate()}>
          {t('nav.logout')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
