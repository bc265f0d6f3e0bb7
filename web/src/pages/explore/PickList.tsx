import { ActionIcon, useComputedColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Pick } from '@/api/history';
import { lineColor } from '@/chart/colors';
import { lineKey } from '@/chart/lines';
import { Icon } from '@/components/Icon';

interface Props {
  picks: Pick[];
  labels: ReadonlyMap<string, string>;
  onChange: (picks: Pick[]) => void;
}

export function PickList({ picks, labels, onChange }: Props) {
  const { t } = useTranslation();
  const dark = useComputedColorScheme('light') === 'dark';
  if (picks.length === 0) return null;
  return (
    <ul className="pick-list">
      {picks.map((pick, i) => {
        const label = labels.get(lineKey(pick.thing, pick.property)) ?? '';
        return (
          <li key={lineKey(pick.thing, pick.property)}>
            <i style={{ background: lineColor(i, dark) }} />
            <Link to={`/things/${pick.thing}?p=${pick.property}`}>{label}</Link>
            <ActionIcon
              size="xs" variant="subtle" color="gray" aria-label={t('explore.remove', { label })}
              onClick={() => onChange(picks.filter((_, at) => at !== i))}
            >
              <Icon name="bad" size={12} />
            </ActionIcon>
          </li>
        );
      })}
    </ul>
  );
}
