import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Pick } from '@/api/history';
import { useSeriesSearch } from '@/api/things';
import { isDrawable } from '@/chart/lines';
import { Icon } from '@/components/Icon';
import { labelOf, unitText } from '@/format/number';
import { MOST_PICKS } from './picks';

interface Props {
  picks: Pick[];
  onChange: (picks: Pick[]) => void;
}

const FEW = 30;

/** Finds properties of any thing by a few words and adds them to the chart. */
export function SeriesPicker({ picks, onChange }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [words] = useDebouncedValue(text.trim(), 150);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const found = useSeriesSearch(words, FEW).data?.items ?? [];
  const chosen = new Set(picks.map((pick) => `${pick.thing}/${pick.property}`));
  const options = found.filter((one) => isDrawable(one.type) && !chosen.has(`${one.thing}/${one.property}`));
  const full = picks.length >= MOST_PICKS;

  const add = (key: string) => {
    const [thing, property] = key.split('/');
    onChange([...picks, { thing: thing!, property: property! }]);
    setText('');
    combobox.closeDropdown();
  };
  return (
    <Combobox store={combobox} onOptionSubmit={add} withinPortal>
      <Combobox.Target>
        <TextInput
          value={text} disabled={full} leftSection={<Icon name="plus" size={16} />} style={{ maxWidth: 520 }}
          placeholder={full ? t('explore.full', { count: MOST_PICKS }) : t('explore.add')} aria-label={t('explore.add')}
          onChange={(event) => { setText(event.currentTarget.value); combobox.openDropdown(); combobox.selectFirstOption(); }}
          onFocus={() => combobox.openDropdown()} onBlur={() => combobox.closeDropdown()} onClick={() => combobox.openDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={320} style={{ overflowY: 'auto' }}>
          {options.map((one) => (
            <Combobox.Option key={one.id} value={`${one.thing}/${one.property}`}>
              <b>{labelOf(one.title, one.property)}</b> <span className="quiet">{one.thing} · {one.property} {unitText(one.unit)}</span>
            </Combobox.Option>
          ))}
          {options.length === 0 && <Combobox.Empty>{t('explore.nothingFound')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
