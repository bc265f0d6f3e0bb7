import { Skeleton, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Delayed } from './Delayed';

/** The shape of what is being loaded, after 200 ms. */
export function RowsSkeleton({ rows = 8, height = 30 }: { rows?: number; height?: number }) {
  const { t } = useTranslation();
  return (
    <Delayed>
      <Stack gap={8} p="md" role="status" aria-label={t('state.loading')}>
        {Array.from({ length: rows }, (_, i) => (
          <Skeleton key={i} height={height} width={`${96 - ((i * 7) % 23)}%`} />
        ))}
      </Stack>
    </Delayed>
  );
}
