// Where corrections stand in a chart, in pixels.
import type { Correction } from '@/api/types';
import { PANEL_MARGIN } from './panels';

export interface Band {
  correction: Correction;
  left: number;
  width: number;
}

const NARROWEST = 3;

export function bandsOf(corrections: readonly Correction[], start: number, end: number, width: number): Band[] {
  const inner = Math.max(width - PANEL_MARGIN.left - PANEL_MARGIN.right, 1);
  const xOf = (ms: number) => PANEL_MARGIN.left + ((Math.min(Math.max(ms, start), end) - start) / (end - start)) * inner;
  return corrections.flatMap((correction) => {
    const [from, to] = [Date.parse(correction.start), Date.parse(correction.end)];
    if (to <= start || from >= end) return [];
    const left = xOf(from);
    return { correction, left, width: Math.max(xOf(to) - left, NARROWEST) };
  });
}
