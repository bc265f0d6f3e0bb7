import { NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useModels } from '@/api/resources';
import { useTags } from '@/api/things';
import { Icon } from '@/components/Icon';
import type { Filter } from './filter';
import { TagChips } from './TagChips';
import { TagFilter } from './TagFilter';

interface Props {
  filter: Filter;
  onChange: (part: Partial<Filter>) => void;
}

/** Words, model, tags, and what needs attention. */
export function ThingTools({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const models = useModels().data?.items;
  // The address follows as a transition, which may come late: until the field is left, it shows what was typed.
  const [typed, setTyped] = useState<string | null>(null);
  const tags = useTags().data?.items ?? [];
  const names = useMemo(() => [...new Set((models ?? []).map((one) => one.name))], [models]);
  const choices = filter.model !== null && !names.includes(filter.model) ? [filter.model, ...names] : names;
  return (
    <div className="things-tools">
      <TextInput
        value={typed ?? filter.words} onBlur={() => setTyped(null)}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          onChange({ words: event.currentTarget.value });
        }}
        placeholder={t('things.filter')} aria-label={t('things.filter')} leftSection={<Icon name="search" size={16} />}
        style={{ flex: 1, minWidth: 180 }} type="search"
      />
      {choices.length > 0 && (
        <NativeSelect
          aria-label={t('things.model')} value={filter.model ?? ''} style={{ width: 190 }}
          onChange={(event) => onChange({ model: event.currentTarget.value || null })}
          data={[{ value: '', label: t('things.anyModel') }, ...choices.map((name) => ({ value: name, label: name }))]}
        />
      )}
      <TagFilter tags={tags} chosen={filter.tags} onChange={(next) => onChange({ tags: next })} />
      <SegmentedControl
        value={filter.show} onChange={(show) => onChange({ show: show as Filter['show'] })}
        data={[{ value: 'all', label: t('things.all') }, { value: 'attention', label: t('things.attention') }]}
      />
      <TagChips tags={filter.tags} onRemove={(tag) => onChange({ tags: filter.tags.filter((one) => one !== tag) })} />
    </div>
  );
}
