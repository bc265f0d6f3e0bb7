import { describe, expect, it } from 'vitest';
import { axisLabel, formatAgo, formatDateTime, formatInstant, formatInterval, formatShort, fromLocalField, isZone, offsetMinutes, spanOf, toLocalField } from './time';

const BERLIN = 'Europe/Berlin';
const at = (text: string) => Date.parse(text);

describe('times in the zone of the site', () => {
  it('are written in that zone and language', () => {
    expect(formatDateTime(at('2026-03-01T06:00:00Z'), 'en-GB', BERLIN)).toBe('1 Mar 2026, 07:00:00');
    expect(formatDateTime(at('2026-03-01T06:00:00Z'), 'zh-CN', 'Asia/Shanghai')).toContain('14:00:00');
  });
  it('say how often in seconds where these are whole', () => {
    expect([1000, 250, 1500, 3_600_000].map((ms) => formatInterval(ms, 'en-GB'))).toEqual(['1 s', '250 ms', '1,500 ms', '3,600 s']);
  });
  it('tell samples of one second apart', () => {
    expect(formatInstant(at('2026-03-01T06:00:00.250Z'), 'en-GB', BERLIN)).toBe('1 Mar 2026, 07:00:00.250');
    expect(formatInstant(at('2026-03-01T06:00:00Z'), 'en-GB', BERLIN)).toBe('1 Mar 2026, 07:00:00');
  });
  it('show the time alone for today and the date for other days', () => {
    const now = at('2026-03-01T12:00:00Z');
    expect(formatShort(at('2026-03-01T06:00:00Z'), 'en-GB', BERLIN, now)).toBe('07:00:00');
    expect(formatShort(at('2026-02-27T06:00:00Z'), 'en-GB', BERLIN, now)).toBe('27 Feb, 07:00');
    expect(formatShort(at('2024-02-27T06:00:00Z'), 'en-GB', BERLIN, now)).toBe('27 Feb 2024');
  });
  it('know the offset on both sides of a change of the clocks', () => {
    expect(offsetMinutes(at('2026-03-29T00:59:59Z'), BERLIN)).toBe(60);
    expect(offsetMinutes(at('2026-03-29T01:00:00Z'), BERLIN)).toBe(120);
    expect(offsetMinutes(at('2026-01-01T00:00:00Z'), 'Asia/Kolkata')).toBe(330);
  });
  it('go into a field and back', () => {
    for (const text of ['2026-07-01T10:20:30Z', '2026-01-01T00:00:00Z', '2026-03-29T01:00:00Z', '2026-10-25T03:30:00Z']) {
      expect(fromLocalField(toLocalField(at(text), BERLIN), BERLIN)).toBe(at(text));
    }
  });
  it('take the first of a repeated hour, and something sensible for an hour that is not there', () => {
    expect(fromLocalField('2026-10-25T02:30', BERLIN)).toBe(at('2026-10-25T00:30:00Z'));
    const missing = fromLocalField('2026-03-29T02:30', BERLIN)!;
    expect([at('2026-03-29T00:30:00Z'), at('2026-03-29T01:30:00Z')]).toContain(missing);
  });
  it('refuse what is not a time or not a zone', () => {
    expect(fromLocalField('yesterday', BERLIN)).toBeNull();
    expect(fromLocalField('2026-13-01T00:00', BERLIN)).toBeNull();
    expect(isZone('Europe/Berlin')).toBe(true);
    expect(isZone('Mars/Olympus')).toBe(false);
  });
});

describe('spans', () => {
  it('are said in their largest whole unit', () => {
    expect(spanOf(59_000)).toEqual({ unit: 'second', count: 59 });
    expect(spanOf(90_000)).toEqual({ unit: 'minute', count: 1 });
    expect(spanOf(47 * 3_600_000)).toEqual({ unit: 'hour', count: 47 });
    expect(spanOf(50 * 3_600_000)).toEqual({ unit: 'day', count: 2 });
  });
  it('have plurals in each language', () => {
    expect(formatAgo(60_000, 'en-GB')).toBe('1 min ago');
    expect(formatAgo(3 * 86_400_000, 'en-GB')).toBe('3 days ago');
    expect(formatAgo(120_000, 'zh-CN')).toBe('2分钟前');
  });
  it('label an axis with the finest parts that tell ticks apart', () => {
    const noon = at('2026-03-01T11:00:00Z');
    expect(axisLabel(noon, 60_000, 'en-GB', BERLIN)).toBe('12:00:00');
    expect(axisLabel(noon, 3_600_000, 'en-GB', BERLIN)).toBe('12:00');
    expect(axisLabel(noon, 7 * 86_400_000, 'en-GB', BERLIN)).toBe('1 Mar\n12:00');
    expect(axisLabel(noon, 400 * 86_400_000, 'en-GB', BERLIN)).toBe('Mar 2026');
  });
});
