// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PART_BYTES, sendFile } from '@/api/file_imports';
import type { FileReport } from '@/api/types';
import { startLanguage } from '@/i18n';
import { FileImport } from './FileImport';
import { FileReportView } from './FileReportView';
import { FileResult } from './FileResult';
import { mappingProblems, needsFolder } from './mapping_problems';

const TOTALS: FileReport['totals'] = {
  rows: 3, refused_rows: 1, samples: 2, samples_uncertain: 0, samples_bad: 0, empty_cells: 0, bad_cells: 0, things: 1, series: 1,
  first: '2026-03-01T06:00:00Z', last: '2026-03-01T06:00:01Z', ambiguous_rows: 0, unresolved_rows: 0, nonexistent_rows: 0, repeated_times: 0, backward_steps: 0,
};
const REPORT: FileReport = {
  file: 'pump.csv', totals: TOTALS, problems_left_out: 7, things: ['pump-1'],
  problems: [
    { weight: 'error', code: 'bad_time', line: 4, column: null, what: "'never' is not a time", hint: 'Check time.format.' },
    { weight: 'error', code: 'mapping', line: 2, column: null, what: "unknown key 'colum'", hint: "Did you mean 'column'?" },
  ],
  rows: [{ line: 2, thing: 'pump-1', property: 'flow', time: '2026-03-01T06:00:00Z', value: 41.5, unit: 'm3/h', quality: 'good', reasons: [] }],
};
const UPLOAD = { id: 'u1', file_name: 'pump.csv', bytes: 0, bytes_max: 1, expires: '2026-03-01T06:00:00Z', work: null };

let root: ReturnType<typeof createRoot>;
let host: HTMLElement;
let calls: string[] = [];
let answers: Record<string, () => [number, unknown]> = {};

const text = () => host.textContent ?? '';
const settle = () => act(async () => { await new Promise((resolve) => setTimeout(resolve, 30)); });
const button = (label: string) => [...host.querySelectorAll('button')].find((one) => one.textContent === label)!;
const press = async (label: string) => {
  await act(async () => button(label).click());
  await settle();
};
const show = (node: ReactNode) => act(async () => root.render(
  <MantineProvider env="test"><MemoryRouter><QueryClientProvider client={new QueryClient()}>{node}</QueryClientProvider></MemoryRouter></MantineProvider>,
));
const choose = async (file: File) => {
  const input = host.querySelector<HTMLInputElement>('input[type=file]')!;
  Object.defineProperty(input, 'files', { value: [file], configurable: true });
  await act(async () => { input.dispatchEvent(new Event('change', { bubbles: true })); });
  await settle();
};

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('fetch', async (url: string, { method }: RequestInit) => {
    calls.push(`${method} ${url}`);
    const found = Object.entries(answers).find(([key]) => `${method} ${url}`.startsWith(key));
    const [status, body] = found ? found[1]() : [200, {}];
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { 'content-type': type } });
  });
  window.matchMedia = (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as never;
  await startLanguage();
});
beforeEach(() => {
  calls = [];
  answers = {};
  host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
});
afterEach(async () => {
  await act(async () => root.unmount());
  host.remove();
});

describe('a file that is sent', () => {
  it('goes in parts, each where the hub says', async () => {
    const file = new File([new Uint8Array(PART_BYTES + 5)], 'pump.csv');
    answers['POST'] = () => [201, { ...UPLOAD, bytes: PART_BYTES }];
    answers['PUT'] = () => [200, { ...UPLOAD, bytes: PART_BYTES + 5 }];
    const shares: number[] = [];
    await sendFile(file, (share) => shares.push(share));
    expect(calls).toEqual(['POST /api/v1/imports/uploads?file_name=pump.csv', `PUT /api/v1/imports/uploads/u1/parts/${PART_BYTES}`]);
    expect(shares.at(-1)).toBe(1);
    expect(shares[0]).toBeLessThan(1);
  });
});

describe('a mapping', () => {
  it('has its own problems apart from those of the file', () => {
    expect(mappingProblems(REPORT).map((one) => one.line)).toEqual([2]);
    expect(mappingProblems(null)).toEqual([]);
  });
  it('asks for a folder only where it speaks of one', () => {
    expect(needsFolder('thing: "{folder}-1"')).toBe(true);
    expect(needsFolder('# a {folder}\nthing: x')).toBe(false);
  });
});

describe('what the hub found', () => {
  it('is shown with lines, counts, rows and the next step', async () => {
    await show(<FileReportView report={REPORT} />);
    for (const words of ['1 row cannot be stored.', "'never' is not a time", 'Check time.format.', 'and 7 more', '41.5', 'm3/h']) expect(text()).toContain(words);
    expect(text()).not.toContain('colum');
  });
  it('is the sentence of the hub and its hint when it is refused', async () => {
    await show(<FileReportView report={{ file: 'x', problems: [], problems_left_out: 0, error: { code: 'conflict', what: 'pump-1/flow is there as i64', hint: 'Map it to another property.' } }} />);
    expect(host.querySelector('[role=alert]')!.textContent).toContain('Map it to another property.');
  });
  it('leads to the things that were fed', async () => {
    await show(<FileResult report={{ ...REPORT, import: { id: 'i', state: 'complete', rows_total: 3, next_row: 3, samples: 2, samples_uncertain: 0, samples_bad: 0 } }} />);
    expect(host.querySelector('a')!.getAttribute('href')).toBe('/things/pump-1');
  });
});

describe('the import of a file', () => {
  const work = (kind: string, state: string, report: object) => ({ ...UPLOAD, bytes: 5, work: { kind, state, done: 1, report } });

  it('is offered after a check without refused rows, and sends the file once', async () => {
    const good = { ...REPORT, problems: [], problems_left_out: 0, totals: { ...TOTALS, refused_rows: 0 } };
    answers['POST /api/v1/imports/proposal'] = () => [200, { mapping: 'thing: pump\n', notes: [], complete: true }];
    answers['POST /api/v1/imports/uploads/u1/check'] = () => [200, work('check', 'done', good)];
    answers['POST /api/v1/imports/uploads/u1/import'] = () => [200, work('import', 'done', { ...good, import: { id: 'i', state: 'complete', rows_total: 3, next_row: 3, samples: 2, samples_uncertain: 0, samples_bad: 0 } })];
    answers['POST /api/v1/imports/uploads?'] = () => [201, { ...UPLOAD, bytes: 5 }];
    await show(<FileImport />);
    await choose(new File(['t,v\n1'], 'pump.csv'));
    expect(host.querySelector('textarea')!.value).toBe('thing: pump\n');
    expect(button('Import').disabled).toBe(true);
    await press('Check');
    expect(text()).toContain('Every row can be stored.');
    await press('Import');
    expect(text()).toContain('pump.csv is imported: 2 samples of 3 rows are stored.');
    expect(calls.filter((one) => one.startsWith('POST /api/v1/imports/uploads?')).length).toBe(1);
  });
  it('waits until rows that cannot be stored are left out on purpose', async () => {
    answers['POST /api/v1/imports/proposal'] = () => [200, { mapping: 'thing: pump\n', notes: [], complete: true }];
    answers['POST /api/v1/imports/uploads/u1/check'] = () => [200, work('check', 'done', REPORT)];
    answers['POST /api/v1/imports/uploads?'] = () => [201, { ...UPLOAD, bytes: 5 }];
    await show(<FileImport />);
    await choose(new File(['t,v\n1'], 'pump.csv'));
    await press('Check');
    expect(button('Import').disabled).toBe(true);
    await act(async () => host.querySelector<HTMLInputElement>('input[type=checkbox]')!.click());
    expect(button('Import').disabled).toBe(false);
  });
});
