import { Anchor, Button, FileButton, Group, Stack, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useTagImport } from '@/api/onboarding';
import { CommandLine } from '@/components/CommandLine';
import { ErrorNotice } from '@/components/ErrorNotice';
import { PlanView } from '@/components/change/PlanView';
import { TagRows } from './TagRows';

const EXAMPLE = 'thing,model,connection,property,address,unit\npump-4,centrifugal-pump@2,pump-line,flow,ns=2;s=Pump4.Flow,l/min\n';

const OPTIONAL = 'model, unit, scale, offset, title, site, area, line, cell, type, min, max, property_title';

/** A table of tags: a dry run for each row, the plan, then apply. */
export function TagTablePanel() {
  const { t } = useTranslation();
  const [file, setFile] = useState<File | null>(null);
  const forget = useRef<() => void>(null);
  const dry = useTagImport();
  const apply = useTagImport();
  const take = (chosen: File | null) => {
    if (!chosen) return;
    setFile(chosen);
    apply.reset();
    dry.mutate({ csv: chosen, dryRun: true });
    forget.current?.(); // the same file may be chosen again, mended
  };
  const bad = dry.data?.rows.filter((row) => row.problem !== null).length ?? 0;
  const ready = dry.data !== undefined && bad === 0 && dry.data.plan.problems.length === 0 && dry.data.plan.changes.length > 0;
  return (
    <section className="panel">
      <Stack p="md" gap="sm">
        <Text className="quiet" size="sm">{t('onboarding.tableText')}</Text>
        <pre className="mono quiet" style={{ margin: 0, overflowX: 'auto' }}>{EXAMPLE}</pre>
        <Text className="quiet" size="sm">{t('onboarding.tableColumns')} <span className="mono">{OPTIONAL}</span></Text>
        <CommandLine command="millrace tags import tags.csv --dry-run" />
        <Group>
          <FileButton resetRef={forget} onChange={take} accept=".csv,text/csv">{(props) => <Button variant="default" loading={dry.isPending} {...props}>{t('onboarding.chooseTable')}</Button>}</FileButton>
          {file && <span className="quiet">{file.name}</span>}
        </Group>
        {dry.isError && <ErrorNotice error={dry.error} sentence={t('onboarding.tableFailed')} />}
        {dry.data && (
          <>
            <Text fw={600} role="status">{bad === 0 ? t('onboarding.rowsGood', { count: dry.data.rows.length }) : t('onboarding.rowsBad', { count: bad, total: dry.data.rows.length })}</Text>
            <TagRows rows={dry.data.rows} />
            {bad === 0 && <PlanView plan={dry.data.plan} />}
          </>
        )}
        {ready && file && !apply.isSuccess && <div><Button loading={apply.isPending} onClick={() => apply.mutate({ csv: file, dryRun: false })}>{t('change.apply')}</Button></div>}
        {apply.isError && <ErrorNotice error={apply.error} sentence={t('change.applyFailed')} />}
        {apply.data && <Text role="status">{apply.data.revision === null ? t('change.nothing') : t('change.applied', { revision: apply.data.revision })} <Anchor component={Link} to="/things">{t('nav.things')}</Anchor></Text>}
      </Stack>
    </section>
  );
}
