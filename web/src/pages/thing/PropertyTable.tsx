import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ValuesOfThing } from '@/api/live/live_values';
import { useMay } from '@/api/permission';
import type { Property, ThingDetail } from '@/api/types';
import { labelOf } from '@/format/number';
import { PropertyRow } from './PropertyRow';
import { CommandDialog } from './twin/CommandDialog';
import { schemaOfProperty } from './twin/action_input';

interface Props {
  thing: ThingDetail;
  live: ValuesOfThing | undefined;
  lost: boolean;
  chosen: string[];
  onToggle: (property: string) => void;
}

/** Every property with its value, unit, quality and reason, time and source. */
export function PropertyTable({ thing, live, lost, chosen, onToggle }: Props) {
  const { t } = useTranslation();
  const may = useMay('command');
  const [written, setWritten] = useState<Property | null>(null);
  const withWrite = may && thing.properties.some((one) => one.writable);
  const sources = new Set(thing.properties.map((one) => `${one.source.kind} ${one.source.name}`));
  return (
    <div className="table-scroll">
      <table className="grid-table property-table">
        <thead>
          <tr>
            <th scope="col"><span className="visually-hidden">{t('thing.inChart')}</span></th>
            <th scope="col">{t('thing.property')}</th>
            <th scope="col" className="num">{t('value.value')}</th>
            <th scope="col">{t('value.quality')}</th>
            <th scope="col">{t('thing.since')}</th>
            {sources.size > 1 && <th scope="col">{t('value.from')}</th>}
            {withWrite && <th scope="col"><span className="visually-hidden">{t('thing.write')}</span></th>}
          </tr>
        </thead>
        <tbody>
          {thing.properties.map((property) => (
            <PropertyRow
              key={property.name} property={property} current={live?.get(property.name) ?? property.current} lost={lost}
              position={chosen.indexOf(property.name)} withSource={sources.size > 1} onToggle={onToggle}
              onWrite={withWrite ? setWritten : undefined}
            />
          ))}
        </tbody>
      </table>
      {written && (
        <CommandDialog
          thing={thing} command={{ kind: 'property', name: written.name }} label={labelOf(written.title, written.name)}
          schema={schemaOfProperty(written)} onClose={() => setWritten(null)}
        />
      )}
    </div>
  );
}
