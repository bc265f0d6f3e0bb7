import { Button, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { isAsCame, withAsCame } from './as_came';

/** Between what corrections make of the samples and what came. */
export function AsCameButton() {
  const { t } = useTranslation();
  const [query, setQuery] = useSearchParams();
  const on = isAsCame(query);
  return (
    <Tooltip label={t('chart.asCameText')}>
      <Button size="compact-sm" variant={on ? 'filled' : 'default'} aria-pressed={on} onClick={() => setQuery(withAsCame(query, !on), { replace: true })}>
        {t('chart.asCame')}
      </Button>
    </Tooltip>
  );
}
