// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLanguage } from '@/i18n';
import { OnboardingPage } from './onboarding/OnboardingPage';
import { FilterTable } from './quality/FilterTable';
import { QualityPage } from './quality/QualityPage';

const filtered = (i: number) => ({
  thing: `pump-${i}`, property: 'flow', edge: 'edge-1', unit: 'm3/h', policy: 'deadband 0.1', received: 100, sent: 10, bytes_saved: 1_000_000,
  error_max: null, error_mean: null, stepped_max: null, stepped_mean: null, since: '2026-03-01T00:00:00Z', reported: '2026-03-01T06:00:30Z',
});
const waiting = (i: number) => ({
  id: `mqtt:hall/${i}`, kind: 'mqtt', source: `hall/${i}`, title: `mixer ${i}`, thing: `mixer-${i}`, first_seen: '2026-03-01T05:00:00Z', last_seen: '2026-03-01T06:00:00Z',
  samples: 10, properties: [],
});
const problem = (i: number) => ({
  thing: `pump-${i}`, property: 'flow', rule: 'stale', severity: 'bad', since: '2026-03-01T05:00:00Z', since_at_least: false, last: '2026-03-01T06:00:00Z', samples: 1, share: 0.1,
  active: true, affects: [], advice: 'Look at the edge.',
});
// The hub gives fewer than are asked for, so that the test has few rows to draw.
const [MANY, PAGE] = [5, 3];
const many = <T,>(make: (i: number) => T) => Array.from({ length: MANY }, (_, i) => make(i));
const LISTS: Record<string, { thing: string; title?: string }[]> = { '/api/v1/filters/report': many(filtered), '/api/v1/onboarding': many(waiting), '/api/v1/quality/problems': many(problem) };
const host = document.createElement('div');
let root = createRoot(document.createElement('div'));
let calls: string[] = [];

function answer(url: string): unknown {
  const { pathname, searchParams } = new URL(url, 'http://hub');
  if (pathname === '/api/v1/me') return { user: 'mia', role: 'viewer' };
  if (pathname === '/api/v1/quality/scores') return { columns: [], rows: [], commit: 1 };
  const list = LISTS[pathname];
  if (!list) return {};
  calls.push(url);
  const found = list.filter((one) => (one.title ?? '').includes(searchParams.get('q') ?? ''));
  const from = Number(searchParams.get('cursor') ?? 0);
  return { items: found.slice(from, from + PAGE), next: from + PAGE < found.length ? String(from + PAGE) : null, commit: 1 };
}

const text = () => host.textContent ?? '';
const button = (label: string) => [...host.querySelectorAll('button')].find((one) => one.textContent === label);
const soon = () => act(() => new Promise((resolve) => setTimeout(resolve, 60)));
async function press(label: string) {
  await act(async () => button(label)!.click());
  await soon();
}
async function open(node: ReactNode) {
  await act(async () => root.render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}><MemoryRouter>{node}</MemoryRouter></QueryClientProvider>
    </MantineProvider>,
  ));
  await soon();
}

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} });
  vi.stubGlobal('fetch', async (url: string) => new Response(JSON.stringify(answer(url)), { headers: { 'content-type': 'application/json' } }));
  window.matchMedia = (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as never;
  document.body.append(host);
  await startLanguage();
});
beforeEach(() => {
  calls = [];
  root = createRoot(host);
});
afterEach(async () => { await act(async () => root.unmount()); });

describe('a list of more than one page', () => {
  it('of filters has a total only when it is whole', async () => {
    await open(<FilterTable />);
    expect(text()).toContain('3 MB were not sent since the edges started, by the first 3 properties alone.');
    await press('Show more');
    expect(text()).toContain('5 MB were not sent since the edges started.');
    expect(text()).toContain('pump-4');
    expect(button('Show more')).toBeUndefined();
  });

  it('of problems can be shown to its end', async () => {
    await open(<QualityPage />);
    expect(text()).toContain('more than 3 problems go on');
    expect(text()).not.toContain('pump-4');
    await act(async () => host.querySelector('section')!.querySelectorAll('button').item(0).click());
    await soon();
    expect(text()).toContain('pump-4');
    expect(text()).toContain('5 problems go on');
    expect(text()).not.toContain('more than');
  });

  it('of waiting sources says that there are more, and can be searched', async () => {
    await open(<OnboardingPage />);
    expect(text()).toContain('Waiting more than 3');
    await press('Show more');
    expect(text()).toContain('Waiting 5');
    const field = host.querySelector('input')!;
    await act(async () => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(field, 'mixer 4');
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    for (let i = 0; i < 40 && !text().includes('Waiting 1'); ++i) await soon();
    expect(calls.at(-1)).toContain('q=mixer+4');
    expect(text()).toContain('Waiting 1');
    expect(text()).not.toContain('mixer 3');
  });
});
