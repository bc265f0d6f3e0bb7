// The text at the cursor. Names and units come from outside: everything is escaped.
import { formatDateTime } from '@/format/time';
import { formatNumber, unitText } from '@/format/number';
import { marksAt, pointAt, type Line } from './lines';

export interface TooltipWords {
  noSample: string;
  bad: (count: number) => string;
  uncertain: string;
  viewer: string;
  on: string;
  off: string;
}

export interface TooltipInput {
  lines: Line[];
  labels: ReadonlyMap<string, string>;
  colors: ReadonlyMap<string, string>;
  rangeMs: number;
  locale: string;
  zone: string;
  viewerZone: string;
  words: TooltipWords;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign]!);
}

export function tooltipHtml(input: TooltipInput, time: number): string {
  const { zone, viewerZone, locale, words } = input;
  const at = formatDateTime(time, locale, zone);
  const beside = zone === viewerZone ? '' :
    `<div class="tip-zone">${escapeHtml(`${words.viewer} ${formatDateTime(time, locale, viewerZone)}`)}</div>`;
  const rows = input.lines.map((line) => row(input, line, time)).join('');
  return `<div class="tip-time">${escapeHtml(at)}</div>${beside}<table class="tip">${rows}</table>`;
}

function row(input: TooltipInput, line: Line, time: number): string {
  const { words, locale } = input;
  const point = pointAt(line, time, input.rangeMs);
  const mark = marksAt(line, time, input.rangeMs);
  const note = mark === null ? '' : mark.quality === 'bad' ? `✕ ${words.bad(mark.count)}` : `◆ ${words.uncertain}`;
  const color = input.colors.get(line.key) ?? 'currentColor';
  const name = escapeHtml(input.labels.get(line.key) ?? line.key);
  const value = point === null ? `<span class="quiet">${escapeHtml(words.noSample)}</span>` : valueOf(line, point, input);
  const band = point !== null && line.stepMs !== null && !line.stepped && point.min !== null && point.max !== null
    ? `${formatNumber(point.min, locale)} … ${formatNumber(point.max, locale)}` : '';
  return `<tr><td><i style="background:${color}"></i>${name}</td><td class="tip-value">${value}</td>` +
    `<td class="quiet">${escapeHtml(band)}</td><td class="${mark?.quality ?? ''}">${escapeHtml(note)}</td></tr>`;
}

function valueOf(line: Line, point: { value: number | null }, { locale, words }: TooltipInput): string {
  if (point.value === null) return '';
  if (line.type === 'bool' && line.stepMs === null) return escapeHtml(point.value > 0.5 ? words.on : words.off);
  return escapeHtml(`${formatNumber(point.value, locale)} ${unitText(line.unit)}`.trim());
}
