import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, changeLanguage, type Language } from '@/i18n';
import { Icon } from './Icon';

export function LanguageButton() {
  const { t, i18n } = useTranslation();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<Icon name="language" />} aria-label={t('nav.language')}>
          {i18n.language === 'zh' ? '中文' : 'EN'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <Menu.Item
            key={language} lang={language === 'zh' ? 'zh-CN' : 'en'} aria-current={i18n.language === language}
            leftSection={i18n.language === language ? <Icon name="good" size={14} /> : <span style={{ width: 14 }} />}
            onClick={() => void changeLanguage(language as Language)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
