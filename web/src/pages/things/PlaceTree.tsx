import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Site } from '@/api/types';
import type { Filter } from './filter';
import { PlaceRow } from './PlaceRow';

interface Props {
  sites: Site[];
  filter: Filter;
  onChange: (part: Partial<Filter>) => void;
}

const EVERYWHERE = { site: null, area: null, line: null };

/** Sites, their areas and lines, with how many things are there and how many need a look. */
export function PlaceTree({ sites, filter, onChange }: Props) {
  const { t } = useTranslation();
  const all = useMemo(() => ({
    things: sites.reduce((sum, site) => sum + site.things, 0),
    stale_things: sites.reduce((sum, site) => sum + site.stale_things, 0),
    bad_things: sites.reduce((sum, site) => sum + site.bad_things, 0),
  }), [sites]);
  const nameOf = (title: string, name: string, none: string) => (name === '' ? none : title || name);
  const { site: inSite, area: inArea, line: inLine } = filter;

  return (
    <nav className="panel place-tree" aria-label={t('things.places')}>
      <PlaceRow level={0} label={t('things.everywhere')} counts={all} chosen={inSite === null} onChoose={() => onChange(EVERYWHERE)} />
      {sites.map((site) => (
        <div key={site.name}>
          <PlaceRow
            level={0} label={nameOf(site.title, site.name, t('things.noSite'))} counts={site}
            chosen={inSite === site.name && inArea === null}
            onChoose={() => onChange({ site: site.name, area: null, line: null })}
          />
          {site.areas.filter((area) => area.name !== '' || site.areas.length > 1).map((area) => (
            <div key={area.name}>
              <PlaceRow
                level={1} label={nameOf(area.title, area.name, t('things.noArea'))} counts={area}
                chosen={inSite === site.name && inArea === area.name && inLine === null}
                onChoose={() => onChange({ site: site.name, area: area.name, line: null })}
              />
              {area.lines.filter((line) => line.name !== '' || area.lines.length > 1).map((line) => (
                <PlaceRow
                  key={line.name} level={2} label={nameOf(line.title, line.name, t('things.noLine'))} counts={line}
                  chosen={inSite === site.name && inArea === area.name && inLine === line.name}
                  onChoose={() => onChange({ site: site.name, area: area.name, line: line.name })}
                />
              ))}
            </div>
          ))}
        </div>
      ))}
    </nav>
  );
}
