import { describe, expect, it } from 'vitest';
import { formatBytes, formatInteger, formatNumber, formatRate, formatSetting, formatTick, formatValue, labelOf, unitText } from './number';

const words = { on: 'On', off: 'Off' };

describe('numbers for people', () => {
  it('show about four digits, whatever their size', () => {
    expect(formatNumber(41.7123456789, 'en-GB')).toBe('41.71');
    expect(formatNumber(0.123456, 'en-GB')).toBe('0.123');
    expect(formatNumber(123.456, 'en-GB')).toBe('123.5');
    expect(formatNumber(184213.44, 'en-GB')).toBe('184,213.4');
    expect(formatNumber(0.1 + 0.2, 'en-GB')).toBe('0.300');
  });
  it('leave settings as they were written', () => {
    expect([40, 0.05, -20, 1234.5].map((value) => formatSetting(value, 'en-GB'))).toEqual(['40', '0.05', '−20', '1,234.5']);
  });
  it('use powers of ten for the very large and the very small', () => {
    expect(formatNumber(6.02e23, 'en-GB')).toBe('6.02E23');
    expect(formatNumber(0.0000123, 'en-GB')).toBe('1.23E-5');
    expect(formatNumber(0, 'en-GB')).toBe('0');
  });
  it('write a true minus sign', () => {
    expect(formatNumber(-4.6, 'en-GB')).toBe('−4.60');
    expect(formatInteger(-1200, 'zh-CN')).toBe('−1,200');
  });
  it('are a dash when there is none', () => {
    expect(formatNumber(NaN, 'en-GB')).toBe('–');
    expect(formatValue(null, 'f64', 'en-GB', words)).toBe('–');
  });
  it('keep integers beyond 2^53 exact', () => {
    expect(formatValue('18446744073709551615', 'u64', 'en-GB', words)).toBe('18,446,744,073,709,551,615');
  });
  it('say states in words and leave text alone', () => {
    expect(formatValue(true, 'bool', 'en-GB', words)).toBe('On');
    expect(formatValue('heating', 'text', 'en-GB', words)).toBe('heating');
    const bytes = { content_type: 'application/octet-stream', length: 12_345 };
    expect(formatValue(bytes, 'bytes', 'en-GB', words)).toBe('12.3 kB application/octet-stream');
  });
  it('give bytes their unit and never "1,000 kB"', () => {
    expect(formatBytes(999, 'en-GB')).toBe('999 B');
    expect(formatBytes(999_999, 'en-GB')).toBe('1 MB');
    expect(formatBytes(214_958_080, 'en-GB')).toBe('215 MB');
  });
  it('show a decimal of slow rates only', () => {
    expect(formatRate(0.63, 'en-GB')).toBe('0.6');
    expect(formatRate(1010.4, 'en-GB')).toBe('1,010');
  });
  it('tell neighbouring ticks apart, and have no zeros behind', () => {
    expect([106693.1, 106693.2].map((tick) => formatTick(tick, 0.5, 'en-GB'))).toEqual(['106,693.1', '106,693.2']);
    expect([2.525, 2.53].map((tick) => formatTick(tick, 0.01, 'en-GB'))).toEqual(['2.525', '2.53']);
    expect(formatTick(-40, 120, 'en-GB')).toBe('−40');
  });
  it('print units with their real signs', () => {
    expect(unitText('m3/h')).toBe('m³/h');
    expect(unitText('bar')).toBe('bar');
  });
});

describe('the name of a property', () => {
  it('is its title, or its name in words', () => {
    expect(labelOf('Discharge pressure', 'pressure')).toBe('Discharge pressure');
    expect(labelOf('bearing_temperature', 'bearing_temperature')).toBe('Bearing temperature');
    expect(labelOf('', 'flow')).toBe('Flow');
  });
});
