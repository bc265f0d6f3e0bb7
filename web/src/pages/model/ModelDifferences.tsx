import { NativeSelect, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useResource } from '@/api/resources';
import type { Resource } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { DifferenceTable } from '@/components/change/DifferenceTable';
import { jsonDiff } from '@/components/change/json_diff';

/** This version against another one. */
export function ModelDifferences({ model }: { model: Resource }) {
  const { t } = useTranslation();
  const others = model.versions.filter((one) => one !== model.version);
  const [chosen, setChosen] = useState<number | null>(null);
  const against = chosen ?? others.filter((one) => one < (model.version ?? 0)).at(-1) ?? others.at(-1) ?? null;
  const other = useResource('ThingModel', model.name, against, against !== null);
  if (against === null) return <p className="quiet" style={{ padding: '4px 16px' }}>{t('model.onlyVersion')}</p>;
  const differences = other.data ? jsonDiff(other.data.spec, model.spec) : [];
  return (
    <Stack p="md" gap="sm">
      <NativeSelect
        label={t('model.against')} value={String(against)} maw={220} onChange={(event) => setChosen(Number(event.currentTarget.value))}
        data={others.map((one) => ({ value: String(one), label: t('model.versionN', { version: one }) }))}
      />
      {other.isPending && <RowsSkeleton rows={4} />}
      {other.isError && <ErrorNotice error={other.error} sentence={t('model.failed', { name: model.name })} />}
      {other.data && differences.length === 0 && <span className="quiet">{t('model.same')}</span>}
      <div className="diff-flat"><DifferenceTable differences={differences} /></div>
    </Stack>
  );
}
