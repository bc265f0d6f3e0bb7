// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeLanguage, startLanguage } from '@/i18n';
import { EventList } from './EventList';
import { EventsPanel } from './EventsPanel';

const event = (id: number, kind: string, subject: string, body: object) => ({ id, time: '2026-03-01T06:00:00Z', kind, subject, actor_role: 'system', body });
const PAGES: Record<string, { items: object[]; next: string | null }> = {
  '': {
    items: [event(9, 'unit.changed', 'meter-1', { property: 'energy', unit: 'kWh', said: 'MWh', hint: 'Bind it to another.' }), event(8, 'hub.danced', 'hub', { hint: 'Dance along.' })],
    next: 'more',
  },
  more: { items: [event(7, 'store.retention', 'store', { dropped: [{ samples: 1200 }] }), event(6, 'hub.sang', 'hub', { song: 3 })], next: null },
};
const host = document.createElement('div');
let root = createRoot(host);
let calls: URLSearchParams[] = [];
let failing = false;

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
  vi.stubGlobal('fetch', async (url: string) => {
    const { pathname, searchParams } = new URL(url, 'http://hub');
    if (pathname !== '/api/v1/events') return new Response('{}', { headers: { 'content-type': 'application/json' } });
    calls.push(searchParams);
    if (failing) return new Response('{"code":"unavailable","status":503,"what":"busy"}', { status: 503, headers: { 'content-type': 'application/problem+json' } });
    return new Response(JSON.stringify(PAGES[searchParams.get('cursor') ?? '']), { headers: { 'content-type': 'application/json' } });
  });
  window.matchMedia = (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as never;
  document.body.append(host);
  await startLanguage();
});
beforeEach(() => {
  calls = [];
  failing = false;
  root = createRoot(host);
});
afterEach(async () => {
  await act(async () => root.unmount());
  await changeLanguage('en');
});

describe('a list of events', () => {
  it('is of all there is, page after page, with the way to what each is about', async () => {
    await open(<EventsPanel />);
    expect(calls[0]!.get('subject')).toBeNull();
    expect(text()).toContain('energy came in MWh instead of kWh');
    expect(text()).toContain('Bind it to another.');
    expect(host.querySelector('a')!.getAttribute('href')).toBe('/things/meter-1');
    expect(text()).not.toContain('Deleted what is not kept');
    await press('Show more');
    expect(text()).toContain('Deleted what is not kept any more');
    expect(text()).toContain('1,200 samples');
    expect(button('Show more')).toBeUndefined();
  });

  it('shows kind and hint of what it has no words for', async () => {
    await open(<EventList />);
    await press('Show more');
    for (const words of ['hub.danced', 'Dance along.', 'hub.sang', '{"song":3}']) expect(text()).toContain(words);
    expect(text()).not.toContain('{"hint"');
  });

  it('is of one subject where that is asked for, and speaks Chinese', async () => {
    await changeLanguage('zh');
    await open(<EventList subject="meter-1" />);
    expect(calls[0]!.get('subject')).toBe('meter-1');
    expect(text()).toContain('energy 的单位为 MWh，而不是 kWh');
  });

  it('asks only for kinds that begin with the chosen word', async () => {
    await open(<EventsPanel />);
    const select = host.querySelector('select')!;
    await act(async () => {
      select.value = 'store';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await soon();
    expect(calls.at(-1)!.get('kind')).toBe('store');
  });

  it('keeps what it has when the rest cannot be had', async () => {
    await open(<EventList />);
    failing = true;
    await press('Show more');
    expect(text()).toContain('energy came in MWh');
    expect(text()).toContain('The rest could not be loaded.');
    failing = false;
    await press('Try again');
    expect(text()).toContain('Deleted what is not kept any more');
  });
});
