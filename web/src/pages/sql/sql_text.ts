// Cells of a result, and the text that the editor asks with.
import type { Json, SqlAnswer } from '@/api/types';

const NUMBERS = new Set(['f64', 'i64', 'u64', 'HUGEINT']);

export function isNumeric(type: string): boolean {
  return NUMBERS.has(type) || type.startsWith('DECIMAL');
}

/** As it is: a result is copied and compared, so nothing is rounded or translated. */
export function sqlCell(value: Json): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv({ columns, rows }: Pick<SqlAnswer, 'columns' | 'rows'>): string {
  const lines = [columns.map((one) => one.name), ...rows.map((row) => row.map(sqlCell))];
  return `${lines.map((cells) => cells.map(csvCell).join(',')).join('\n')}\n`;
}

/** How far back a first look at a table with many rows a day goes. */
const REACH: Record<string, string> = { samples: '1 HOUR', minutes: '6 HOUR', hours: '7 DAY' };

/** A statement to begin with. */
export function firstLook(table: string, columns: readonly string[]): string {
  const reach = REACH[table];
  const where = reach && columns.includes('time') ? `\nWHERE time > now() - INTERVAL ${reach}` : '';
  const order = columns.includes('time') ? '\nORDER BY time DESC' : '';
  return `SELECT *\nFROM ${table}${where}${order}\nLIMIT 100`;
}
