// Times in a named zone, and spans of time in words.

const formats = new Map<string, Intl.DateTimeFormat>();

export function dateFormat(locale: string, zone: string, options: Intl.DateTimeFormatOptions) {
  const key = `${locale} ${zone} ${JSON.stringify(options)}`;
  const known =
    formats.get(key) ?? new Intl.DateTimeFormat(locale, { hourCycle: 'h23', ...options, timeZone: zone });
  formats.set(key, known);
  return known;
}

export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const DATE_TIME: Intl.DateTimeFormatOptions = {
  year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit',
  second: '2-digit',
};
const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit' };

export function formatDateTime(ms: number, locale: string, zone: string): string {
  return dateFormat(locale, zone, DATE_TIME).format(ms);
}

/** To the millisecond where it is not on a whole second: rows of samples, several in a second. */
export function formatInstant(ms: number, locale: string, zone: string): string {
  const exact: Intl.DateTimeFormatOptions = { ...DATE_TIME, fractionalSecondDigits: 3 };
  return dateFormat(locale, zone, ms % 1000 === 0 ? DATE_TIME : exact).format(ms);
}

/** The time alone for today, with the date before for any other day. */
export function formatShort(ms: number, locale: string, zone: string, now: number): string {
  const day = (at: number) => dateFormat('sv-SE', zone, { dateStyle: 'short' }).format(at);
  if (day(ms) === day(now)) return dateFormat(locale, zone, TIME).format(ms);
  const far = Math.abs(now - ms) > 300 * 86_400_000;
  const options: Intl.DateTimeFormatOptions = far
    ? { year: 'numeric', month: 'short', day: 'numeric' }
    : { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' };
  return dateFormat(locale, zone, options).format(ms);
}

export interface Span {
  unit: 'second' | 'minute' | 'hour' | 'day';
  count: number;
}

/** A span in its largest whole unit: 90 s is a minute, 50 h are two days. */
export function spanOf(ms: number): Span {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return { unit: 'second', count: seconds };
  if (seconds < 3600) return { unit: 'minute', count: Math.floor(seconds / 60) };
  if (seconds < 172_800) return { unit: 'hour', count: Math.floor(seconds / 3600) };
  return { unit: 'day', count: Math.floor(seconds / 86_400) };
}

export function formatSpan(ms: number, locale: string): string {
  const { unit, count } = spanOf(ms);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

/** How often something is expected: whole seconds as such, what is between them in milliseconds. */
export function formatInterval(ms: number, locale: string): string {
  const whole = ms % 1000 === 0;
  return `${new Intl.NumberFormat(locale).format(whole ? ms / 1000 : ms)} ${whole ? 's' : 'ms'}`;
}

export function formatAgo(ms: number, locale: string): string {
  const { unit, count } = spanOf(ms);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' }).format(-count, unit);
}

/** Tick labels of a time axis: the finest parts that still tell the ticks apart. */
export function axisLabel(ms: number, rangeMs: number, locale: string, zone: string): string {
  if (rangeMs <= 10 * 60_000) return dateFormat(locale, zone, TIME).format(ms);
  const clock = dateFormat(locale, zone, { hour: '2-digit', minute: '2-digit' }).format(ms);
  if (rangeMs <= 26 * 3_600_000) return clock;
  const date = dateFormat(locale, zone, { month: 'short', day: 'numeric' }).format(ms);
  if (rangeMs <= 8 * 86_400_000) return `${date}\n${clock}`;
  if (rangeMs <= 300 * 86_400_000) return date;
  return dateFormat(locale, zone, { year: 'numeric', month: 'short' }).format(ms);
}

/** Minutes that local time is ahead of UTC in a zone at an instant. */
export function offsetMinutes(ms: number, zone: string): number {
  const parts = dateFormat('en-US', zone, {
    year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
    second: 'numeric',
  }).formatToParts(ms);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const local = Date.UTC(
    part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'),
  );
  return Math.round((local - Math.floor(ms / 1000) * 1000) / 60_000);
}

/** "2026-03-01T06:00" as it stands in a zone; the value of a datetime-local field. */
export function toLocalField(ms: number, zone: string): string {
  return new Date(ms + offsetMinutes(ms, zone) * 60_000).toISOString().slice(0, 19);
}

/** The instant of a local date and time in a zone; of a repeated hour, the first. */
export function fromLocalField(text: string, zone: string): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  if (!match) return null;
  const asUtc = Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`);
  if (Number.isNaN(asUtc)) return null;
  const candidates = [asUtc - 86_400_000, asUtc + 86_400_000]
    .map((near) => asUtc - offsetMinutes(near, zone) * 60_000);
  const exact = candidates.filter((ms) => toLocalField(ms, zone) === toField(asUtc));
  return Math.min(...(exact.length > 0 ? exact : candidates));
}

function toField(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}
