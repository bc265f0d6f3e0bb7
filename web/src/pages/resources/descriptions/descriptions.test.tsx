// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLanguage } from '@/i18n';
import { DescriptionsPanel } from './DescriptionsPanel';

const own = (i: number) => ({ id: `urn:millrace:works:pump-${String(i).padStart(4, '0')}`, title: 'Pump of this hub' });
const LAMP = { id: 'urn:dev:lamp', title: 'Lamp of hall 2', security: 'none', registration: { created: '2026-02-27T09:30:00Z', modified: '2026-02-28T14:05:00Z' } };
const VALVE = { id: 'urn:uuid:valve', title: 'Valve of a supplier' };
const REFUSAL = {
  code: 'invalid', status: 400, what: 'the Thing Description has 2 problems; nothing was changed', hint: '(root): security is required',
  validationErrors: [{ field: '(root)', description: 'security is required' }, { field: 'properties.on.forms', description: 'is required' }],
};
const host = document.createElement('div');
let root = createRoot(host);
let calls: string[] = [];
let listed: { id: string }[] = [];
let role = 'ot_engineer';
let refusal: { status: number } | null = null;

function answer(method: string, url: string, body: unknown): [number, unknown, Record<string, string>?] {
  const { pathname, searchParams } = new URL(url, 'http://hub');
  if (pathname === '/api/v1/me') return [200, { user: 'mia', role }];
  if (pathname === '/api/v1/system') return [200, { hub: 'works' }];
  calls.push(`${method} ${pathname}${typeof body === 'string' ? ` ${body}` : ''}`);
  if (method === 'GET' && pathname === '/api/v1/wot/things') {
    const [offset, limit] = [Number(searchParams.get('offset')), Number(searchParams.get('limit'))];
    return [200, listed.slice(offset, offset + limit), offset + limit < listed.length ? { link: '</api/v1/wot/things>; rel="next", </api/v1/wot/things>; rel="canonical"' } : {}];
  }
  const known = listed.find((one) => pathname.endsWith(`/${encodeURIComponent(one.id)}`));
  if (method === 'GET') return known ? [200, known] : [404, { code: 'not_found', status: 404, what: 'there is none' }];
  if (refusal) return [refusal.status, refusal];
  return [method === 'POST' ? 201 : 204, null];
}

const page = () => document.body.textContent ?? '';
const buttons = (label: string) => [...document.querySelectorAll('button')].filter((one) => one.textContent === label);
const soon = () => act(() => new Promise((resolve) => setTimeout(resolve, 60)));
const changes = () => calls.filter((one) => !one.startsWith('GET '));
async function press(label: string, place = 0) {
  await act(async () => buttons(label).at(place)!.click());
  await soon();
}
const area = () => document.querySelector<HTMLTextAreaElement>('textarea:not([aria-hidden])')!;
async function paste(text: string) {
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')!.set!.call(area(), text);
    area().dispatchEvent(new Event('input', { bubbles: true }));
  });
}
async function open() {
  root = createRoot(host);
  await act(async () => root.render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}><DescriptionsPanel /></QueryClientProvider>
    </MantineProvider>,
  ));
  await soon();
  await soon();
}

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} });
  Object.defineProperty(document, 'fonts', { value: { addEventListener() {}, removeEventListener() {} } });
  vi.stubGlobal('fetch', async (url: string, { method, body, headers }: RequestInit) => {
    const [status, said, more] = answer(method!, url, body);
    if (body) expect((headers as Record<string, string>)['Content-Type']).toBe('application/td+json');
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    return new Response(said === null ? null : JSON.stringify(said), { status, headers: { 'content-type': type, ...more } });
  });
  window.matchMedia = (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as never;
  document.body.append(host);
  await startLanguage();
});
beforeEach(() => {
  calls = [];
  refusal = null;
  role = 'ot_engineer';
  listed = [LAMP, own(1), own(2), VALVE];
});
afterEach(async () => { await act(async () => root.unmount()); });

describe('foreign descriptions', () => {
  it('are listed without the things of the hub', async () => {
    await open();
    expect(page()).toContain('Lamp of hall 2');
    expect(page()).toContain('urn:uuid:valve');
    expect(page()).not.toContain('Pump of this hub');
  });

  it('are found behind thousands of own ones without fetching those', async () => {
    listed = [LAMP, ...Array.from({ length: 5321 }, (_, i) => own(i)), VALVE];
    await open();
    await press('Show more');
    expect(page()).toContain('Valve of a supplier');
    expect(buttons('Show more')).toEqual([]);
    expect(calls.length).toBeLessThan(40);
  });

  it('can be looked at and not changed by who may not', async () => {
    role = 'viewer';
    await open();
    expect(page()).toContain('Lamp of hall 2');
    expect([buttons('Register'), buttons('Replace'), buttons('Remove')]).toEqual([[], [], []]);
  });

  it('are registered as they were pasted; one without an id gets it from the hub', async () => {
    await open();
    await press('Register');
    expect(buttons('Register').at(-1)!.disabled).toBe(true);
    await paste('{ "title": "Fan" }');
    await press('Register', -1);
    expect(changes()).toEqual(['POST /api/v1/wot/things { "title": "Fan" }']);
    expect(document.querySelector('[role=dialog]')).toBeNull();
    await press('Register');
    await paste('{"id":"urn:dev:fan"}');
    await press('Register', -1);
    expect(changes().at(-1)).toBe('PUT /api/v1/wot/things/urn%3Adev%3Afan {"id":"urn:dev:fan"}');
  });

  it('say in the words of the hub why one is refused, and all that is wrong', async () => {
    refusal = REFUSAL;
    await open();
    await press('Register');
    await paste('{"title":"Fan"}');
    await press('Register', -1);
    for (const words of ['was not registered', REFUSAL.what, REFUSAL.hint, 'properties.on.forms: is required']) expect(page()).toContain(words);
    await paste('{"title":"Fan","security":"none"}');
    expect(page()).not.toContain(REFUSAL.what);
  });

  it('do not take the place of one of the same id unless that was said', async () => {
    await open();
    await press('Register');
    await paste('{"id":"urn:dev:lamp","title":"Other"}');
    await press('Register', -1);
    expect(changes()).toEqual([]);
    expect(page()).toContain('urn:dev:lamp is registered already');
    await press('Replace', -1);
    expect(changes()).toEqual(['PUT /api/v1/wot/things/urn%3Adev%3Alamp {"id":"urn:dev:lamp","title":"Other"}']);
  });

  it('are replaced from their present text, without what the directory added', async () => {
    await open();
    await press('Replace');
    expect(page()).toContain('takes the place of what is registered under urn:dev:lamp');
    expect(JSON.parse(area().value)).toEqual({ id: LAMP.id, title: LAMP.title, security: 'none' });
    await paste('{"id":"urn:dev:other"}');
    await press('Replace', -1);
    expect(changes()).toEqual(['PUT /api/v1/wot/things/urn%3Adev%3Alamp {"id":"urn:dev:other"}']);
  });

  it('are removed after it was said what is lost', async () => {
    await open();
    await press('Remove');
    expect(page()).toContain('The hub keeps no copy');
    expect(changes()).toEqual([]);
    await press('Remove', -1);
    expect(changes()).toEqual(['DELETE /api/v1/wot/things/urn%3Adev%3Alamp']);
    expect(document.querySelector('[role=dialog]')).toBeNull();
  });
});
