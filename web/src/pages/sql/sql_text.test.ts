import { expect, it } from 'vitest';
import { firstLook, isNumeric, sqlCell, toCsv } from './sql_text';

it('shows cells as they are, nothing rounded', () => {
  expect([0.1234567890123, null, true, 'a', { b: 1 }].map(sqlCell)).toEqual(['0.1234567890123', '', 'true', 'a', '{"b":1}']);
  expect([isNumeric('f64'), isNumeric('text')]).toEqual([true, false]);
});
it('writes CSV that a spreadsheet reads: quotes doubled, null empty', () => {
  expect(toCsv({ columns: [{ name: 'a', type: 'text' }, { name: 'b,c', type: 'f64' }], rows: [['say "x"', null], ['two\nlines', 1.5]] }))
    .toBe('a,"b,c"\n"say ""x""",\n"two\nlines",1.5\n');
});
it('reads the last hour of samples, not all of them', () => {
  expect(firstLook('samples', ['thing', 'time'])).toContain('WHERE time > now() - INTERVAL 1 HOUR');
  expect(firstLook('events', ['time'])).not.toContain('WHERE');
});
it('orders by time only where there is one', () => {
  expect(firstLook('samples', ['thing', 'time'])).toContain('ORDER BY time DESC');
  expect(firstLook('things', ['name'])).not.toContain('ORDER');
});
