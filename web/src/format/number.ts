// Numbers as a person reads them: enough digits to see a change, never seventeen.
import type { Value, ValueType } from '@/api/types';

export const NO_VALUE = '–';

const formats = new Map<string, Intl.NumberFormat>();

export function numberFormat(locale: string, options: Intl.NumberFormatOptions) {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.NumberFormat(locale, options);
  formats.set(key, known);
  return known;
}

/** Decimals that show a change in a number of this size; meters keep their tenth. */
export function decimalsFor(size: number): number {
  if (size >= 1e6) return 0;
  if (size >= 100) return 1;
  if (size >= 1) return 2;
  if (size >= 0.01) return 3;
  return 4;
}

export function formatNumber(value: number, locale: string): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-3)) {
    return numberFormat(locale, { notation: 'scientific', maximumFractionDigits: 2 }).format(value);
  }
  const decimals = size === 0 ? 0 : decimalsFor(size);
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return asTypographicMinus(numberFormat(locale, digits).format(value));
}

/** A setting such as a limit, as it was written: no zeros are added. */
export function formatSetting(value: number, locale: string): string {
  return asTypographicMinus(numberFormat(locale, { maximumSignificantDigits: 9 }).format(value));
}

export function formatInteger(value: number | string, locale: string): string {
  const format = numberFormat(locale, { maximumFractionDigits: 0 });
  if (typeof value === 'string') {
    return /^-?\d+$/.test(value) ? asTypographicMinus(format.format(BigInt(value))) : value;
  }
  return asTypographicMinus(format.format(value));
}

function asTypographicMinus(text: string): string {
  return text.replace(/^-/, '−');
}

export interface ValueWords {
  on: string;
  off: string;
}

/** The text of a value of this type, without its unit. */
export function formatValue(value: Value, type: ValueType, locale: string, words: ValueWords): string {
  if (value === null || value === undefined) return NO_VALUE;
  if (typeof value === 'boolean') return value ? words.on : words.off;
  if (typeof value === 'object') return `${formatBytes(value.length, locale)} ${value.content_type}`;
  if (type === 'i64' || type === 'u64') return formatInteger(value, locale);
  if (typeof value === 'string') return value;
  return formatNumber(value, locale);
}

/** A value whose property's type is not known, as in the rows of a list. */
export function formatLoose(value: Value, locale: string, words: ValueWords): string {
  return formatValue(value, Number.isInteger(value) ? 'i64' : 'f64', locale, words);
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function formatBytes(bytes: number, locale: string): string {
  let size = bytes;
  let step = 0;
  while (size >= 999.5 && step < BYTE_UNITS.length - 1) {
    size /= 1000;
    step += 1;
  }
  const decimals = step === 0 || size >= 100 ? 0 : 1;
  const text = numberFormat(locale, { maximumFractionDigits: decimals }).format(size);
  return `${text} ${BYTE_UNITS[step]}`;
}

/** A rate such as samples per second: one decimal below ten. */
export function formatRate(value: number, locale: string): string {
  const decimals = value > 0 && value < 10 ? 1 : 0;
  return numberFormat(locale, { maximumFractionDigits: decimals }).format(value);
}

const UNIT_TEXT: Record<string, string> = {
  m3: 'm³', 'm3/h': 'm³/h', 'm3/s': 'm³/s', m2: 'm²', degC: '°C', degF: '°F', Cel: '°C',
  'mm/s2': 'mm/s²', 'm/s2': 'm/s²', 'W/m2': 'W/m²', deg: '°', ohm: 'Ω', percent: '%', um: 'µm',
};

/** A unit as it is printed; what plants write in ASCII gets its real signs. */
export function unitText(unit: string): string {
  return UNIT_TEXT[unit] ?? unit;
}

/** A tick of an axis that spans so much: neighbours differ, and no zeros follow. */
export function formatTick(value: number, span: number, locale: string): string {
  const size = Math.max(Math.abs(value), span);
  if (!(span > 0) || size >= 1e9 || span < 1e-6) return formatNumber(value, locale);
  const decimals = Math.min(Math.max(Math.floor(-Math.log10(span / 3)) + 1, 0), 8);
  return asTypographicMinus(numberFormat(locale, { maximumFractionDigits: decimals }).format(value));
}

/** What a property is called: its title, or its name written as words where it has none. */
export function labelOf(title: string, name: string): string {
  if (title !== '' && title !== name) return title;
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
