import { Button, Checkbox, useComputedColorScheme } from '@mantine/core';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { CurrentValue, Property } from '@/api/types';
import { lineColor } from '@/chart/colors';
import { isDrawable } from '@/chart/lines';
import { AlarmLimits } from '@/components/AlarmLimits';
import { LiveReading } from '@/components/LiveReading';
import { Moment } from '@/components/Moment';
import { QualityMark } from '@/components/QualityMark';
import { labelOf } from '@/format/number';

interface Props {
  property: Property;
  current: CurrentValue;
  lost: boolean;
  /** Its place among the lines of the chart, -1 when it is not drawn. */
  position: number;
  withSource: boolean;
  onToggle: (property: string) => void;
  /** Given where the table has a column for writing. */
  onWrite: ((property: Property) => void) | undefined;
}

export const PropertyRow = memo(function PropertyRow({ property, current, lost, position, withSource, onToggle, onWrite }: Props) {
  const { t } = useTranslation();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = labelOf(property.title, property.name);
  const drawn = position >= 0;
  return (
    <tr>
      <td style={{ width: 40 }}>
        {isDrawable(property.type) && (
          <Checkbox
            size="xs" checked={drawn} onChange={() => onToggle(property.name)} aria-label={t('thing.draw', { label })}
            color={drawn ? lineColor(position, dark) : undefined}
            styles={{ icon: { color: dark ? '#14181c' : '#ffffff' } }}
          />
        )}
      </td>
      <th scope="row" className="property-name">
        <span>{label}</span>
        {isTelling(property.name, label) && <span className="quiet mono">{property.name}</span>}
        {property.contract && property.contract.alarms.length > 0 && <AlarmLimits limits={property.contract.alarms} />}
      </th>
      <td className="num">
        <LiveReading
          label={label} name={property.name} unit={property.unit} type={property.type} source={property.source}
          current={current} lost={lost}
        />
      </td>
      <td><QualityMark quality={current.quality} stale={current.stale || lost} reasons={current.reasons} quiet below /></td>
      <td className={current.stale ? 'stale' : 'quiet'}>
        <Moment time={current.stale ? current.stale_since ?? current.time : current.time} as="age" />
      </td>
      {withSource && <td className="quiet">{property.source.name}</td>}
      {onWrite && (
        <td>
          {property.writable && <Button size="compact-xs" variant="default" aria-label={t('thing.writeProperty', { label })} onClick={() => onWrite(property)}>{t('thing.write')}</Button>}
        </td>
      )}
    </tr>
  );
});

/** A name beside its title only where it says more than the title in lower case. */
function isTelling(name: string, title: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '');
  return plain(name) !== plain(title);
}
