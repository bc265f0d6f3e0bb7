import { Anchor, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { FileReport } from '@/api/types';
import { Icon } from '@/components/Icon';
import { formatInteger } from '@/format/number';
import { useLocale } from '@/i18n/locale';

const THINGS_SHOWN = 12;

/** What was stored, and where to look at it. */
export function FileResult({ report }: { report: FileReport }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const things = report.things ?? [];
  if (!report.import) return null;
  const { samples, next_row: rows } = report.import;
  return (
    <div role="status">
      <Text fw={600}><Icon name="good" size={14} /> {t('fileImport.done', { file: report.file, samples: formatInteger(samples, locale), rows: formatInteger(rows, locale) })}</Text>
      <Text>
        {t('fileImport.look')}{' '}
        {things.slice(0, THINGS_SHOWN).map((thing, i) => <span key={thing}>{i > 0 && t('list.separator')}<Anchor component={Link} to={`/things/${encodeURIComponent(thing)}`}>{thing}</Anchor></span>)}
        {things.length > THINGS_SHOWN && <> <Anchor component={Link} to="/things">{t('nav.things')}</Anchor></>}
      </Text>
    </div>
  );
}
