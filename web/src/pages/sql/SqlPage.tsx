import { Button, Group, SegmentedControl } from '@mantine/core';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/permission';
import { SQL_ROWS, useSql } from '@/api/query';
import { CommandLine } from '@/components/CommandLine';
import { ErrorNotice } from '@/components/ErrorNotice';
import { NoPermission } from '@/components/NoPermission';
import { PageHead } from '@/components/PageHead';
import { Panel } from '@/components/Panel';
import { formatInteger } from '@/format/number';
import { formatSpan } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { useNow } from '@/time/now';
import { saveBlob } from '@/components/save_blob';
import { linesOf } from './chart_of';
import { ExampleBar } from './ExampleBar';
import { ResultChart } from './ResultChart';
import { ResultTable } from './ResultTable';
import { TableList } from './TableList';
import { EXAMPLES } from './examples';
import { toCsv } from './sql_text';
import './sql.css';

const KEPT = 'millrace.sql';
type View = 'table' | 'chart';

/** One SELECT over series and metadata; nothing can be changed here. */
export function SqlPage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const may = useMay('query');
  const [text, setText] = useState(() => sessionStorage.getItem(KEPT) ?? EXAMPLES[0]!.sql);
  const query = useSql();
  const [started, setStarted] = useState(0);
  const now = useNow();
  const [view, setView] = useState<View>('table');
  const stop = useRef<AbortController | null>(null);
  const run = () => {
    stop.current?.abort();
    stop.current = new AbortController();
    sessionStorage.setItem(KEPT, text);
    setStarted(Date.now());
    query.mutate({ sql: text, signal: stop.current.signal });
  };
  const cancelled = query.error instanceof DOMException;
  const answer = query.data;
  const lines = useMemo(() => (answer ? linesOf(answer) : []), [answer]);
  const shown = lines.length > 0 ? view : 'table';
  if (!may) return <div className="page"><PageHead title="SQL" /><section className="panel"><NoPermission what={t('sql.notAllowed')} /></section></div>;
  return (
    <div className="page">
      <PageHead title="SQL" beside={<span className="quiet">{t('sql.lead')}</span>} />
      <div className="sql-columns">
        <Panel title={t('sql.tables')}><TableList onLook={setText} /></Panel>
        <section className="panel">
          <ExampleBar onChoose={setText} />
          <textarea
            className="sql-editor" value={text} spellCheck={false} aria-label={t('sql.statement')} onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); } }}
          />
          <Group p="sm" px="md" gap="md">
            <Button onClick={run} loading={query.isPending} disabled={text.trim() === ''}>{t('sql.run')}</Button>
            {query.isPending && <Button variant="default" onClick={() => stop.current?.abort()}>{t('action.cancel')}</Button>}
            <span className="quiet" role="status" style={{ fontSize: 14 }}>
              {query.isPending && formatSpan(Math.max(now - started, 0), locale)}
              {!query.isPending && answer && t('sql.took', { count: answer.rows.length, rows: formatInteger(answer.rows.length, locale), ms: formatInteger(Math.round(answer.elapsed_ms), locale), commit: formatInteger(answer.commit, locale) })}
              {!query.isPending && !answer && t('sql.keys')}
            </span>
            {lines.length > 0 && <SegmentedControl ml="auto" size="xs" aria-label={t('sql.view')} value={view} onChange={(value) => setView(value as View)} data={(['table', 'chart'] as const).map((one) => ({ value: one, label: t(`sql.as.${one}`) }))} />}
            {answer && answer.rows.length > 0 && <Button ml={lines.length > 0 ? undefined : 'auto'} size="compact-sm" variant="default" onClick={() => saveBlob(new Blob([toCsv(answer)], { type: 'text/csv' }), 'millrace.csv')}>{t('sql.save')}</Button>}
          </Group>
          {query.isError && !cancelled && <ErrorNotice error={query.error} sentence={t('sql.failed')} />}
          {answer?.truncated && (
            <div className="sql-truncated" style={{ padding: '0 16px 10px' }}>
              <p className="uncertain" style={{ margin: '0 0 6px' }}>{t('sql.truncated', { rows: formatInteger(SQL_ROWS, locale) })}</p>
              <CommandLine command="millrace export --format parquet --things pump-1 -o pump-1.parquet" />
            </div>
          )}
          {answer && answer.rows.length === 0 && <p className="quiet" style={{ padding: '4px 16px' }}>{t('sql.noRows')}</p>}
          {answer && answer.rows.length > 0 && (shown === 'chart' ? <ResultChart lines={lines} /> : <ResultTable answer={answer} />)}
        </section>
      </div>
    </div>
  );
}
