import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { asFailure } from '@/api/failure';
import { useSeal } from '@/api/system';

/** Moves hot rows into sorted partitions now; the hub does it by itself, too. */
export function SealButton() {
  const { t } = useTranslation();
  const seal = useSeal();
  return (
    <Group gap="xs">
      {seal.isError && <span role="alert" className="bad">{t('store.sealFailed')} {asFailure(seal.error).hint}</span>}
      {seal.isSuccess && <span role="status" className="quiet">{t('store.sealedNow')}</span>}
      <Button size="compact-sm" variant="default" loading={seal.isPending} onClick={() => seal.mutate()} title={t('store.sealText')}>{t('store.seal')}</Button>
    </Group>
  );
}
