import { NavLink as MantineLink, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';
import { Icon, type IconName } from './Icon';

interface Way {
  to: string;
  key: string;
  icon: IconName;
}

// Follows the method; a group appears when its capability exists.
const GROUPS: { key: string; ways: Way[] }[] = [
  { key: 'data', ways: [
    { to: '/things', key: 'things', icon: 'things' }, { to: '/onboarding', key: 'onboarding', icon: 'plus' },
    { to: '/quality', key: 'quality', icon: 'uncertain' }, { to: '/explore', key: 'explore', icon: 'explore' },
    { to: '/models', key: 'models', icon: 'model' }, { to: '/sql', key: 'sql', icon: 'table' },
  ] },
  { key: 'fleet', ways: [{ to: '/edges', key: 'edges', icon: 'edges' }] },
  { key: 'settings', ways: [{ to: '/resources', key: 'resources', icon: 'file' }, { to: '/system', key: 'system', icon: 'system' }] },
];

export function Navigation({ onGo }: { onGo: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <nav aria-label={t('nav.label')}>
      {GROUPS.map(({ key, ways }) => (
        <div key={key} className="nav-group">
          <Text size="xs" className="quiet nav-title">{t(`nav.${key}`)}</Text>
          {ways.map((way) => (
            <MantineLink
              key={way.to} component={NavLink} to={way.to} label={t(`nav.${way.key}`)} onClick={onGo}
              leftSection={<Icon name={way.icon} />} active={pathname.startsWith(way.to)}
            />
          ))}
        </div>
      ))}
    </nav>
  );
}
