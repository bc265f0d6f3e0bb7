import { useCallback, useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { DEFAULT_RANGE, boundsOf, fixed, moved, parseDuration, parseRange, refreshMs, writeRange, zoomed, type Range } from './range';

export interface RangeControl {
  range: Range;
  /** The edges of the picture at this moment; they move while the range is live. */
  start: number;
  end: number;
  /** The moment history was last asked for. */
  asked: number;
  stepMs: number | null;
  /** The span of the last live picture, to come back to. */
  liveSpanMs: number;
  setRange: (range: Range) => void;
  setStep: (step: string | null) => void;
  zoom: (start: number, end: number) => void;
  scale: (factor: number) => void;
  move: (part: number) => void;
}

/** Calls again each `everyMs`, as long as the page can be seen. */
function useTick(everyMs: number | false): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (everyMs === false) return;
    setNow(Date.now());
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setNow(Date.now());
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** The range and the step of a chart, kept in the address so that a link shows the same picture. */
export function useRange(): RangeControl {
  const [query, setQuery] = useSearchParams();
  const range = useMemo(() => parseRange(query), [query]);
  const stepMs = parseDuration(query.get('step') ?? '');
  const live = range.kind === 'live';
  const [liveSpanMs, setLiveSpan] = useState(live ? range.spanMs : DEFAULT_RANGE.spanMs);
  if (live && liveSpanMs !== range.spanMs) setLiveSpan(range.spanMs);
  const asked = useTick(refreshMs(range));
  const drawn = useTick(live ? Math.min(1000, Math.max(250, range.spanMs / 400)) : false);
  const now = Math.max(asked, drawn);
  const [start, end] = boundsOf(range, now);

  const setRange = useCallback((next: Range) => {
    setQuery((old) => {
      const written = writeRange(old, next);
      if (next.kind === 'fixed') written.delete('step');
      return written;
    });
  }, [setQuery]);
  const setStep = useCallback((step: string | null) => {
    setQuery((old) => {
      const next = new URLSearchParams(old);
      if (step === null) next.delete('step');
      else next.set('step', step);
      return next;
    }, { replace: true });
  }, [setQuery]);

  return {
    range, start, end, asked, stepMs, liveSpanMs, setRange, setStep,
    zoom: (from, to) => setRange(fixed(from, to)),
    scale: (factor) => setRange(zoomed(range, factor, Date.now())),
    move: (part) => setRange(moved(range, part, Date.now())),
  };
}
