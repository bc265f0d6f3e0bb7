import { Fragment, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Site } from '@/api/types';
import type { Filter } from './filter';
import { placeRows, type PlaceRowData } from './place_rows';
import { PlaceRow } from './PlaceRow';

interface Props {
  sites: Site[];
  filter: Filter;
  onChange: (part: Partial<Filter>) => void;
}

/** The plant after ISA-95, with how many things are at each place and how many need a look. */
export function PlaceTree({ sites, filter, onChange }: Props) {
  const { t } = useTranslation();
  const rows = useMemo(() => placeRows(sites, filter), [sites, filter]);
  const words = {
    site: t('things.noSite'), area: t('things.noArea'), line: t('things.noLine'), cell: t('things.noCell'),
  };
  const labelOf = (row: PlaceRowData) =>
    row.level === 'all' ? t('things.everywhere') : row.name === '' ? words[row.level] : row.title || row.name;
  return (
    <nav className="panel place-tree" aria-label={t('things.places')}>
      {rows.map((row) => (
        <Fragment key={row.key}>
          {row.enterprise && <div className="quiet place-enterprise clip">{row.enterprise}</div>}
          <PlaceRow level={row.depth} label={labelOf(row)} counts={row.counts} chosen={row.chosen} onChoose={() => onChange(row.place)} />
        </Fragment>
      ))}
    </nav>
  );
}
