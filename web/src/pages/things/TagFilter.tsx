import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Tag } from '@/api/types';
import { Icon } from '@/components/Icon';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';
import { tagName, toggled } from './filter';

interface Props {
  tags: Tag[];
  chosen: string[];
  onChange: (tags: string[]) => void;
}

/** Tags of things and of their models as filters; all that are chosen must fit. */
export function TagFilter({ tags, chosen, onChange }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (tags.length === 0 && chosen.length === 0) return null;
  return (
    <Menu closeOnItemClick={false} position="bottom-start" withinPortal>
      <Menu.Target>
        <Button variant={chosen.length > 0 ? 'light' : 'default'} size="sm" rightSection={<Icon name="down" size={14} />}>
          {chosen.length > 0 ? t('things.tagsChosen', { count: chosen.length }) : t('things.tags')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {tags.map((tag, i) => {
          const name = tagName(tag);
          const on = chosen.includes(name);
          return [
            tag.value !== '' && tags[i - 1]?.key !== tag.key && <Menu.Label key={tag.key}>{tag.key}</Menu.Label>,
            <Menu.Item
              key={name} role="menuitemcheckbox" aria-checked={on} onClick={() => onChange(toggled(chosen, name))}
              leftSection={<span style={{ width: 14, display: 'inline-flex' }}>{on && <Icon name="good" size={14} />}</span>}
              rightSection={<span className="quiet">{formatInteger(tag.things, locale)}</span>}
            >
              {tag.value === '' ? tag.key : tag.value}
            </Menu.Item>,
          ];
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
