import { Alert, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FileReport } from '@/api/types';
import { FilePreview } from './FilePreview';
import { FileProblems } from './FileProblems';
import { FileTotals } from './FileTotals';
import { fileProblems } from './mapping_problems';

/** What the hub found in a file: why not, how much, what is wrong, the first rows. */
export function FileReportView({ report }: { report: FileReport }) {
  const { t } = useTranslation();
  const { error, totals, rows } = report;
  const refused = totals?.refused_rows ?? 0;
  return (
    <Stack gap="sm">
      {error && <Alert role="alert" color="red" variant="light" title={error.what}>{error.hint}</Alert>}
      {!error && totals && <Text role="status" fw={600}>{refused === 0 ? t('fileImport.fits') : t('fileImport.refused', { count: refused })}</Text>}
      {totals && <FileTotals totals={totals} />}
      <FileProblems problems={fileProblems(report)} leftOut={report.problems_left_out} />
      {rows && <FilePreview rows={rows} />}
    </Stack>
  );
}
