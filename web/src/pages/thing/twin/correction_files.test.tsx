// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLanguage } from '@/i18n';
import { CorrectionFileBar } from './CorrectionFileBar';

const ENTRY = { line: 1, thing: 'pump-1', property: 'flow', start: '2026-03-01T05:00:00Z', end: '2026-03-01T06:00:00Z', action: 'replace', state: 'new', made: 1, covered_by: null };
const NEW = { commit: null, new: 1, there: 2, made: 1, problems: [], entries: [{ ...ENTRY, covered_by: 17 }, { ...ENTRY, line: 5, thing: 'pump-2', state: 'there' }] };
const WRONG = { ...NEW, new: 0, problems: [{ file: '', line: 12, column: 1, rule: '', what: "unknown option 'vlaue'", hint: "Did you mean 'value'?" }], entries: [] };
const host = document.createElement('div');
let root = createRoot(host);
let calls: string[] = [];
let role = 'ot_engineer';
let tried: object = NEW;

function answer(method: string, url: string, body: unknown): [number, unknown] {
  const { pathname, search, searchParams } = new URL(url, 'http://hub');
  if (pathname === '/api/v1/me') return [200, { user: 'mia', role }];
  calls.push(`${method} ${pathname}${search}${typeof body === 'string' ? ` ${body}` : ''}`);
  if (method === 'GET') return [200, []];
  return [200, searchParams.get('dry_run') === 'true' ? tried : { ...NEW, commit: 4712 }];
}

const page = () => document.body.textContent ?? '';
const buttons = (label: string) => [...document.querySelectorAll('button')].filter((one) => one.textContent === label);
const soon = () => act(() => new Promise((resolve) => setTimeout(resolve, 60)));
async function press(label: string) {
  await act(async () => buttons(label).at(-1)!.click());
  await soon();
}
async function paste(text: string) {
  const area = document.querySelector<HTMLTextAreaElement>('textarea:not([aria-hidden])')!;
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')!.set!.call(area, text);
    area.dispatchEvent(new Event('input', { bubbles: true }));
  });
}
async function open(count = 3) {
  root = createRoot(host);
  await act(async () => root.render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}><CorrectionFileBar thing="pump-1" count={count} /></QueryClientProvider>
    </MantineProvider>,
  ));
  await soon();
}

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} });
  Object.defineProperty(document, 'fonts', { value: { addEventListener() {}, removeEventListener() {} } });
  URL.createObjectURL = () => 'blob:file';
  URL.revokeObjectURL = () => undefined;
  vi.stubGlobal('fetch', async (url: string, { method, body, headers }: RequestInit) => {
    const [status, said] = answer(method!, url, body);
    if (body) expect((headers as Record<string, string>)['Content-Type']).toBe('application/yaml');
    return new Response(JSON.stringify(said), { status, headers: { 'content-type': 'application/json' } });
  });
  window.matchMedia = (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as never;
  document.body.append(host);
  await startLanguage();
});
beforeEach(() => {
  calls = [];
  role = 'ot_engineer';
  tried = NEW;
});
afterEach(async () => { await act(async () => root.unmount()); });

describe('corrections as a file', () => {
  it('are tried first, and made when that was seen', async () => {
    await open();
    await press('Apply a file');
    expect(buttons('See what it would make').at(-1)!.disabled).toBe(true);
    await paste('- thing: pump-1');
    await press('See what it would make');
    expect(calls).toEqual(['POST /api/v1/corrections/file?dry_run=true - thing: pump-1']);
    for (const words of ['1 new, 2 in force already', 'again, over a later one']) expect(page()).toContain(words);
    expect(page()).not.toContain('pump-2');
    await press('Make 1');
    expect(calls.at(-1)).toBe('POST /api/v1/corrections/file?dry_run=false - thing: pump-1');
    expect(page()).toContain('from commit 4712 on');
  });

  it('are not made while the file has a problem, which stands with its line and next step', async () => {
    tried = WRONG;
    await open();
    await press('Apply a file');
    await paste('- x');
    await press('See what it would make');
    for (const words of ['1 problem', "12: unknown option 'vlaue'", "Did you mean 'value'?"]) expect(page()).toContain(words);
    expect(buttons('Make 1')).toEqual([]);
    await paste('- y');
    expect(page()).not.toContain('vlaue');
  });

  it('are exported, and applied only by who may correct', async () => {
    await open();
    await press('Export as a file');
    expect(calls).toEqual(['GET /api/v1/corrections/file?thing=pump-1']);
    await act(async () => root.unmount());
    role = 'viewer';
    await open(0);
    expect([buttons('Export as a file'), buttons('Apply a file')]).toEqual([[], []]);
  });
});
