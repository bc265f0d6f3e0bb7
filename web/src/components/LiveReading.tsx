import { HoverCard } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CurrentValue, Source, ValueType } from '@/api/types';
import { formatValue, unitText } from '@/format/number';
import { useLocale, useValueWords } from '@/i18n/locale';
import { ReadingFacts } from './ReadingFacts';

interface Props {
  label: string;
  name: string;
  unit: string;
  type: ValueType;
  source: Source;
  current: CurrentValue;
  lost: boolean;
}

/** A value that answers four questions on hover, tap or focus: what, when, how good, where from. */
export function LiveReading({ label, name, unit, type, source, current, lost }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const words = useValueWords();
  const text = formatValue(current.value, type, locale, words);
  const look = current.stale || lost ? 'stale' : current.quality === 'good' ? '' : current.quality;
  return (
    <HoverCard openDelay={200} closeDelay={80} width={340} position="bottom-start" shadow="md" withinPortal>
      <HoverCard.Target>
        <button type="button" className={`reading ${look}`} aria-label={t('value.explain', { label, text, unit: unitText(unit) })}>
          <span className="reading-number">{text}</span>
          <span className="reading-unit">{unitText(unit)}</span>
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <ReadingFacts label={label} name={name} unit={unit} source={source} current={current} text={text} />
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
