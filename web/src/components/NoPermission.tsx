import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from './Icon';

/** What one may not see, and who can grant it. */
export function NoPermission({ what }: { what: string }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" p="lg" wrap="nowrap">
      <span className="quiet"><Icon name="lock" size={22} /></span>
      <div>
        <Text fw={600}>{what}</Text>
        <Text className="quiet">{t('state.askAdministrator')}</Text>
      </div>
    </Group>
  );
}
