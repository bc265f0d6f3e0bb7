import { Anchor, Breadcrumbs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ValuesOfThing } from '@/api/live/live_values';
import type { ThingDetail } from '@/api/types';
import { Moment } from '@/components/Moment';
import { PageHead } from '@/components/PageHead';
import { QualityMark } from '@/components/QualityMark';
import { stateOf } from '@/pages/things/thing_state';

interface Props {
  thing: ThingDetail;
  live: ValuesOfThing | undefined;
  lost: boolean;
}

export function ThingHead({ thing, live, lost }: Props) {
  const { t } = useTranslation();
  const state = stateOf({ ...thing, property_count: thing.properties.length }, live);
  const places = [['site', thing.site], ['area', thing.area], ['line', thing.line], ['cell', thing.cell]].filter(([, name]) => name !== '' && name !== undefined);
  const query = (count: number) => new URLSearchParams(places.slice(0, count) as [string, string][]).toString();
  return (
    <PageHead
      title={thing.title || thing.id}
      above={
        <Breadcrumbs separator="›" mb={2} fz="sm" className="quiet">
          <Anchor component={Link} to="/things" fz="sm">{t('nav.things')}</Anchor>
          {places.map(([kind, name], i) => (
            <Anchor key={kind} component={Link} to={`/things?${query(i + 1)}`} fz="sm">{name}</Anchor>
          ))}
        </Breadcrumbs>
      }
      beside={
        <>
          {thing.title !== thing.id && thing.title !== '' && <span className="quiet mono">{thing.id}</span>}
          <QualityMark quality={state.quality} stale={state.stale || lost} />
          <span className="quiet">{t('thing.lastSample')} <Moment time={state.lastSample} as="age" /></span>
          {thing.edge && (
            <span className="quiet">
              {t('value.from')} <Anchor component={Link} to={`/edges/${thing.edge}`} fz="inherit">{thing.edge}</Anchor>
              {thing.source === 'third_party' && ` (${t('source.kind.third_party')})`}
            </span>
          )}
          {!thing.edge && <span className="quiet">{t('value.from')} {t(`source.kind.${thing.source}`)}</span>}
          {thing.model && (
            <span className="quiet">
              {t('thing.model')} {thing.model.includes('@')
                ? <Anchor component={Link} to={`/models/${thing.model.replace('@', '?v=')}`} fz="inherit">{thing.model}</Anchor> : thing.model}
            </span>
          )}
          {Object.entries(thing.tags ?? {}).map(([key, value]) => (
            <Link key={key} to={`/things?tag=${encodeURIComponent(`${key}:${value}`)}`} className="tag" style={{ textDecoration: 'none' }}>{key} {value}</Link>
          ))}
          {thing.model?.includes('@') && <Anchor component={Link} to={`/resources/Thing/${thing.id}`} fz="inherit">{t('thing.edit')}</Anchor>}
        </>
      }
    />
  );
}
