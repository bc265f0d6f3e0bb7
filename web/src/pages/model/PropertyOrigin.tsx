import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { pathOfModel, type Origin } from './model_properties';

/** Says of a line that is not wholly written here where the rest stands. */
export function PropertyOrigin({ origin }: { origin: Origin }) {
  const { t } = useTranslation();
  if (origin.kind === 'own') return null;
  return (
    <div className="property-origin">
      {t(`model.origin.${origin.kind}`)}{' '}
      {origin.from !== null && <Anchor component={Link} to={pathOfModel(origin.from)} fz="inherit">{origin.from}</Anchor>}
    </div>
  );
}
