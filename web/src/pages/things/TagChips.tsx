import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';

interface Props {
  tags: string[];
  onRemove: (tag: string) => void;
}

/** The tags that are asked for; a click takes one back. */
export function TagChips({ tags, onRemove }: Props) {
  const { t } = useTranslation();
  if (tags.length === 0) return null;
  return (
    <div className="tag-chips">
      {tags.map((tag) => (
        <button key={tag} type="button" className="tag-chip" onClick={() => onRemove(tag)} aria-label={t('things.removeTag', { tag })}>
          {tag.replace(':', ' ')} <Icon name="bad" size={11} />
        </button>
      ))}
    </div>
  );
}
