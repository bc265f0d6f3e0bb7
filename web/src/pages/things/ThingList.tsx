import { Button } from '@mantine/core';
import { useDebouncedValue, useElementSize } from '@mantine/hooks';
import { useVirtualizer, type Range, type Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFollow, useLiveState } from '@/api/live/live_hub';
import { useSeriesOf } from '@/api/things';
import type { Series, Thing } from '@/api/types';
import { Empty } from '@/components/Empty';
import { ThingRow } from './ThingRow';
import { WaitingRow } from './WaitingRow';

interface Props {
  things: Thing[];
  /** How many there are; null when that is known only at their end. */
  total: number | null;
  /** There are more than these; `onMore` brings the next page. */
  more: boolean;
  onMore: () => void;
  /** These are still the answer to the filter before. */
  waiting: boolean;
  onClear: () => void;
}

const ROW = 52;
const SCROLL = 'millrace.things.scroll';
// Rows that exist beyond the viewport: most of them on the way, as a page key or a flick may come before the next frame.
const BEHIND = 3;
const AT_REST = 6;
const ON_THE_WAY = 9;
// So many rows before the end of what is loaded, the next page is asked for: a wheel turned fast passes 1,000 a second.
const AHEAD = 500;

/** Ten thousand rows, of which those on the screen exist, follow the stream and know their units. */
export function ThingList({ things, total, more, onMore, waiting, onClear }: Props) {
  const { t } = useTranslation();
  const scroll = useRef<HTMLDivElement>(null);
  // The bar is as long as the list from the start: who goes to its end is there, and the rows come.
  const count = Math.max(total ?? 0, things.length + (more ? 1 : 0));
  const rows: Virtualizer<HTMLDivElement, Element> = useVirtualizer<HTMLDivElement, Element>({
    count, getScrollElement: () => scroll.current, estimateSize: () => ROW, rangeExtractor: (range) => indexesOf(range, rows.scrollDirection),
    initialOffset: () => Number(sessionStorage.getItem(SCROLL) ?? 0),
  });
  const { ref: measure, width } = useElementSize<HTMLDivElement>();
  const room = roomFor(width);
  const items = rows.getVirtualItems();
  const visible = items.flatMap((item) => things[item.index]?.id ?? []).join(',');
  const [settled] = useDebouncedValue(visible, 200);
  const followed = useMemo(() => (settled === '' ? [] : settled.split(',')), [settled]);
  const lost = useLiveState().phase === 'lost';
  useFollow(followed);
  const series = useSeriesOf(followed);
  const seriesByThing = useMemo(() => groupByThing(series.data?.items ?? []), [series.data]);

  const last = items.at(-1)?.index ?? 0;
  const wanted = more && last >= things.length - Math.min(AHEAD, things.length / 2);
  const bringMore = useEffectEvent(onMore);
  useEffect(() => {
    if (wanted) bringMore();
  }, [wanted, things.length]);

  useEffect(() => {
    const node = scroll.current;
    const remember = () => sessionStorage.setItem(SCROLL, String(node?.scrollTop ?? 0));
    node?.addEventListener('scrollend', remember);
    return () => node?.removeEventListener('scrollend', remember);
  }, []);

  return (
    <>
      <div className="thing-row thing-row-head quiet" aria-hidden>
        <span>{t('things.thing')}</span><span ref={measure}>{t('things.values')}</span>
        <span>{t('thing.modelColumn')}</span><span>{t('value.quality')}</span><span>{t('things.last')}</span><span>{t('value.from')}</span>
      </div>
      <div ref={scroll} className="thing-scroll" tabIndex={-1}>
        {things.length === 0 && !waiting && (
          <Empty title={t('things.noneTitle')} action={<Button variant="default" onClick={onClear}>{t('things.clear')}</Button>}>
            {t('things.noneText')}
          </Empty>
        )}
        <div role="list" aria-label={t('nav.things')} style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const thing = things[item.index];
            if (!thing) return <WaitingRow key={item.index} top={item.start} height={ROW} />;
            return (
              <ThingRow
                key={thing.id} thing={thing} series={seriesByThing.get(thing.id)} top={item.start} height={ROW}
                lost={lost} room={room} position={item.index + 1} total={count}
              />
            );
          })}
        </div>
      </div>
    </>
  );
}

function indexesOf({ startIndex, endIndex, count }: Range, direction: 'forward' | 'backward' | null): number[] {
  const beyond = (way: 'forward' | 'backward') => (direction === null ? AT_REST : direction === way ? ON_THE_WAY : BEHIND);
  const from = Math.max(startIndex - beyond('backward'), 0);
  const to = Math.min(endIndex + beyond('forward'), count - 1);
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, i) => from + i);
}

// Widths as in things.css: a reading with its distance, and the count of those not shown.
const READING = 118;
const MORE = 34;

function roomFor(width: number): number {
  return Math.max(1, Math.floor((width - MORE) / READING));
}

function groupByThing(series: Series[]): Map<string, Series[]> {
  const groups = new Map<string, Series[]>();
  for (const one of series) groups.set(one.thing, [...(groups.get(one.thing) ?? []), one]);
  return groups;
}
