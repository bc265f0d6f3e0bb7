import { Anchor, NativeSelect, SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useScores } from '@/api/quality';
import type { QualityLevel } from '@/api/types';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { useLocale } from '@/i18n/locale';
import { HeatStrip } from './HeatStrip';
import { MEASURES, shareText, stripsOf, type Measure, type Strip } from './strips';

const SPANS = { '24h': { start: 'now-24h', step: '15m' }, '7d': { start: 'now-7d', step: '1h' }, '30d': { start: 'now-30d', step: '6h' } } as const;
type Span = keyof typeof SPANS;

/** Scores per site, thing or property over time, the worst first. */
export function ScoreStrips() {
  const { t } = useTranslation();
  const locale = useLocale();
  const [query, setQuery] = useSearchParams();
  const named = query.get('level');
  const level: QualityLevel = named === 'site' || named === 'property' ? named : 'thing';
  const span = (Object.keys(SPANS) as Span[]).find((one) => one === query.get('span')) ?? '7d';
  const measure = MEASURES.find((one) => one === query.get('measure')) ?? 'score';
  const scores = useScores({ level, site: query.get('site'), thing: query.get('thing'), ...SPANS[span] });
  const strips = useMemo(() => (scores.data ? stripsOf(scores.data, measure) : []), [scores.data, measure]);
  const put = (change: Record<string, string | null>) => setQuery((old) => {
    const next = new URLSearchParams(old);
    for (const [name, value] of Object.entries(change)) if (value === null) next.delete(name); else next.set(name, value);
    return next;
  }, { replace: true });
  const nameOf = (strip: Strip) => strip.property !== null ? `${strip.thing} · ${strip.property}` : strip.thing ?? (strip.site || t('things.noSite'));
  const linkOf = (strip: Strip) => strip.property !== null ? `/things/${strip.thing}?p=${strip.property}&range=${span}`
    : strip.thing !== null ? `/quality?level=property&thing=${strip.thing}&span=${span}` : `/quality?level=thing&site=${strip.site}&span=${span}`;
  return (
    <Panel
      title={t('quality.scores')}
      aside={
        <div className="score-tools">
          <SegmentedControl size="xs" value={level} onChange={(value) => put({ level: value, thing: null, site: null })} data={(['site', 'thing', 'property'] as const).map((one) => ({ value: one, label: t(`quality.level.${one}`) }))} />
          <NativeSelect size="xs" aria-label={t('quality.measure')} value={measure} onChange={(event) => put({ measure: event.currentTarget.value })} data={MEASURES.map((one: Measure) => ({ value: one, label: t(`quality.measures.${one}`) }))} />
          <SegmentedControl size="xs" value={span} onChange={(value) => put({ span: value })} data={Object.keys(SPANS).map((one) => ({ value: one, label: one }))} />
        </div>
      }
    >
      <p className="quiet score-explain">{t(`quality.explain.${measure}`)}</p>
      {scores.isPending && <RowsSkeleton rows={6} height={20} />}
      {scores.isError && <ErrorNotice error={scores.error} sentence={t('quality.scoresFailed')} onRetry={() => void scores.refetch()} />}
      {scores.isSuccess && strips.length === 0 && <p className="quiet score-explain">{t('quality.noScores')}</p>}
      <div className="score-rows">
        {strips.map((strip) => (
          <div key={strip.key} className="score-row">
            <Anchor component={Link} to={linkOf(strip)} fz="sm" className="clip">{nameOf(strip)}</Anchor>
            <HeatStrip strip={strip} label={nameOf(strip)} />
            <span className="num">{shareText(strip.mean, locale)}</span>
          </div>
        ))}
      </div>
      {strips.length > 0 && (
        <p className="quiet score-legend">
          {(['good', 'fair', 'poor', 'bad', 'none'] as const).map((tone) => <span key={tone}><i className={`heat-${tone}`} /> {t(`quality.tone.${tone}`)}</span>)}
        </p>
      )}
    </Panel>
  );
}
