// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeLanguage, startLanguage } from '@/i18n';
import { ChangeForm } from './ChangeForm';

const files = [{ path: 'keep.yaml', text: 'kind: Retention\nname: keep\nspec: {raw_d: 30}\n' }];
const answer = {
  revision: 7, problems: [], notes: [], effects: [], unchanged: 0,
  changes: [{ action: 'update', kind: 'Retention', name: 'keep', version: null, differences: [], file: 'keep.yaml' }],
  deletes: [{ policy: 'raw_d', from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', samples: 1234567 }],
  replay: { days: 30, samples: 0, samples_max: 1, properties: 0, properties_done: 0, complete: true, since: null, commit: 1, properties_cut: [], models: [], rules_left_out: [], not_replayed: [] },
};
const host = document.createElement('div');
let root: Root;
let role = 'ot_engineer';
let plan: object = answer;
const pruning = {
  ...answer, deletes: [],
  changes: ['old-1', 'old-2'].map((name) => ({ action: 'delete', kind: 'Site', name, version: null, differences: [], file: '' })),
};
const sent: { path: string; body: unknown }[] = [];

async function show(prune = false) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['me'], { name: 'mia', role });
  await act(async () => root.render(
    <MantineProvider>
      <QueryClientProvider client={client}><MemoryRouter><ChangeForm files={files} prune={prune} /></MemoryRouter></QueryClientProvider>
    </MantineProvider>,
  ));
}
const button = (name: string) => [...host.querySelectorAll('button')].find((one) => one.textContent === name)!;
async function click(target: HTMLElement) {
  await act(async () => { target.click(); await new Promise((done) => { setTimeout(done, 20); }); });
}

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} });
  window.matchMedia = (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as never;
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    sent.push({ path, body: JSON.parse(String(init.body ?? 'null')) });
    const body = path.endsWith('/plan') ? plan : path.endsWith('/apply') ? { revision: 8, changes: answer.changes } : { name: 'mia', role };
    return new Response(JSON.stringify(body), { status: 200, headers: { 'Content-Type': 'application/json' } });
  });
  document.body.append(host);
  await startLanguage();
});
beforeEach(() => { root = createRoot(host); sent.length = 0; role = 'ot_engineer'; plan = answer; });
afterEach(async () => { await act(async () => root.unmount()); await changeLanguage('en'); });

describe('a plan that deletes samples for good', () => {
  it('shows what, in red, and is applied only when that is ticked', async () => {
    await show();
    await click(button('Show the plan'));
    const alert = host.querySelector('.plan-deletes')!;
    expect(alert.textContent).toContain('1,234,567');
    expect(alert.textContent).toContain('deletes for good');
    expect(button('Apply').disabled).toBe(true);
    await click(host.querySelector<HTMLInputElement>('input[type=checkbox]')!);
    expect(button('Apply').disabled).toBe(false);
    await click(button('Apply'));
    expect(sent.find((one) => one.path.endsWith('/apply'))!.body).toMatchObject({ revision: 7, confirm_deletion: true });
  });
  it('says so in Chinese, too', async () => {
    await changeLanguage('zh');
    await show();
    await click(button('显示计划'));
    expect(host.querySelector('.plan-deletes')!.textContent).toContain('永久删除');
    expect(host.querySelector('input[type=checkbox]')).not.toBeNull();
  });
});

describe('a plan that deletes what no file has', () => {
  it('counts it, and is applied only when that is ticked', async () => {
    plan = pruning;
    await show(true);
    await click(button('Show the plan'));
    expect(sent.find((one) => one.path.endsWith('/plan'))!.body).toEqual({ files, prune: true });
    expect(host.textContent).toContain('Delete 2 resources that no file has');
    expect(button('Apply').disabled).toBe(true);
    await click(host.querySelector<HTMLInputElement>('input[type=checkbox]')!);
    await click(button('Apply'));
    expect(sent.find((one) => one.path.endsWith('/apply'))!.body).toEqual({ files, prune: true, revision: 7 });
  });
  it('is not of what was asked for once that is off again', async () => {
    plan = pruning;
    await show(true);
    await click(button('Show the plan'));
    await show(false);
    expect(button('Apply')).toBeUndefined();
  });
});

describe('who may not configure', () => {
  it('is told so instead of being refused a plan', async () => {
    role = 'viewer';
    await show();
    expect(host.querySelectorAll('button')).toHaveLength(0);
    expect(host.textContent).toContain('not plan or apply');
  });
});
