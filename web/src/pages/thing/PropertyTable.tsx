import { useTranslation } from 'react-i18next';
import type { ValuesOfThing } from '@/api/live/live_values';
import type { ThingDetail } from '@/api/types';
import { PropertyRow } from './PropertyRow';

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
          </tr>
        </thead>
        <tbody>
          {thing.properties.map((property) => (
            <PropertyRow
              key={property.name} property={property} current={live?.get(property.name) ?? property.current} lost={lost}
              position={chosen.indexOf(property.name)} withSource={sources.size > 1} onToggle={onToggle}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}
