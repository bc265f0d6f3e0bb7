import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ThingModelItem } from '@/api/types';
import { Moment } from '@/components/Moment';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

interface Props {
  items: ThingModelItem[];
  version: number | null;
}

/** All versions, newest first, with how many things stand on each. */
export function VersionList({ items, version }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <nav aria-label={t('model.versions')} className="version-list">
      {items.map((one) => (
        <Link key={one.version} to={`/models/${one.name}?v=${one.version}`} replace aria-current={one.version === version ? 'page' : undefined}>
          <b>{t('model.versionN', { version: one.version })}</b>{one.latest && <span className="tag">{t('model.latest')}</span>}
          <span className="quiet"><Moment time={one.changed} as="age" /> · {t('things.count', { count: one.things, total: formatInteger(one.things, locale) })}</span>
        </Link>
      ))}
    </nav>
  );
}
