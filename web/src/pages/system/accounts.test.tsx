// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLanguage } from '@/i18n';
import { AccountPanel } from './AccountPanel';
import { brokerPlace } from './account_text';

const EDGE = { kind: 'edge', name: 'edge-1', site: 'works', topics: [], may_command: false, connected: true };
const PASSWORD = 'q3X51d0c2e1a97b4f6f8e21d7c5aa9fK';
const host = document.createElement('div');
let root = createRoot(host);
let calls: string[] = [];
let refusal: object | null = null;

function answer(method: string, url: string, body: unknown): [number, unknown] {
  calls.push(`${method} ${url}${typeof body === 'string' ? ` ${body}` : ''}`);
  if (method === 'GET' && url.startsWith('/api/v1/accounts')) return [200, { items: [EDGE], next: null }];
  if (refusal) return [409, refusal];
  if (method === 'DELETE') return [204, null];
  return [201, { ...EDGE, name: url.endsWith('/password') ? 'edge-1' : 'edge-2', password: PASSWORD }];
}

const page = () => document.body.textContent ?? '';
const button = (label: string, place = 0) => [...document.querySelectorAll('button')].filter((one) => one.textContent === label).at(place)!;
const press = (label: string, place = 0) => act(async () => button(label, place).click());
const soon = () => act(() => new Promise((resolve) => setTimeout(resolve, 30)));

async function type(label: string, text: string) {
  const field = [...document.querySelectorAll('label')].find((one) => one.textContent!.startsWith(label))!;
  const input = document.getElementById(field.htmlFor) as HTMLInputElement;
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} });
  vi.stubGlobal('fetch', async (url: string, { method, body }: RequestInit) => {
    const [status, said] = answer(method!, url, body);
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    return new Response(status === 204 ? null : JSON.stringify(said), { status, headers: { 'content-type': type } });
  });
  window.matchMedia = (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as never;
  document.body.append(host);
  await startLanguage();
});
beforeEach(async () => {
  calls = [];
  refusal = null;
  root = createRoot(host);
  await act(async () => root.render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { mutations: { retry: false } } })}><AccountPanel broker={brokerPlace({ address: '127.0.0.1:1883', listen: '0.0.0.0' }, 'hub.works')} /></QueryClientProvider>
    </MantineProvider>,
  ));
  await soon();
});
afterEach(async () => { await act(async () => root.unmount()); });

describe('where the broker is', () => {
  it('is the host of the page when it listens everywhere, and nowhere else when it listens locally', () => {
    const address = '127.0.0.1:1883';
    expect(brokerPlace({ address, listen: '0.0.0.0' }, 'hub.works')).toEqual({ address: 'hub.works:1883', isLocalOnly: false });
    expect(brokerPlace({ address, listen: '127.0.0.1' }, 'hub.works')).toEqual({ address, isLocalOnly: true });
    expect(brokerPlace({ address: '10.0.0.7:1883', listen: '10.0.0.7' }, 'hub.works')).toEqual({ address: '10.0.0.7:1883', isLocalOnly: false });
  });
});

describe('accounts of the broker', () => {
  it('are listed with what they are for and whether an edge is connected', () => {
    expect(page()).toContain('edge-1');
    expect(page()).toContain('Connected');
    expect(page()).toContain('works');
  });

  it('are made with a password that is shown once, in the file of the edge', async () => {
    await press('New account');
    expect(button('New account', -1).disabled).toBe(true);
    await type('Name', 'edge-2');
    await type('Site', 'works');
    await press('New account', -1);
    await soon();
    expect(calls).toContain('POST /api/v1/accounts {"kind":"edge","name":"edge-2","site":"works","may_command":false}');
    expect(page()).toContain(`password: "${PASSWORD}"`);
    expect(page()).toContain('servers: ["hub.works:1883"]');
    await press('I have kept it');
    expect(page()).not.toContain(PASSWORD);
  });

  it('are given as a file, and a refusal is a sentence', async () => {
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) { saved.push(this.download); });
    vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => undefined }));
    await press('Export as file');
    await soon();
    expect(calls).toContain('GET /api/v1/access/export');
    expect(saved).toEqual(['access.yaml']);
    refusal = { code: 'forbidden', status: 403, what: 'the role viewer may not see or make tokens', hint: 'Ask an administrator of this hub.' };
    await press('Export as file');
    await soon();
    expect(page()).toContain('The file was not made.');
    expect(page()).toContain('An administrator of this hub can.');
    expect(saved).toEqual(['access.yaml']);
  });

  it('get a new password after its consequences were said', async () => {
    await press('New password');
    expect(page()).toContain('The old password stops working at once');
    expect(page()).not.toContain(PASSWORD);
    await press('New password', -1);
    await soon();
    expect(calls).toContain('POST /api/v1/accounts/edge-1/password');
    expect(page()).toContain(PASSWORD);
  });

  it('are removed after its consequences were said, and a refusal is a sentence', async () => {
    refusal = { code: 'conflict', status: 409, what: 'edge edge-1 reads connections: line', hint: 'Give them to another edge first.' };
    await press('Remove');
    expect(page()).toContain('What it has delivered stays');
    await press('Remove', -1);
    await soon();
    expect(page()).toContain('Give them to another edge first.');
    refusal = null;
    await press('Remove', -1);
    await soon();
    expect(calls.filter((one) => one === 'DELETE /api/v1/accounts/edge-1').length).toBe(2);
    expect(page()).not.toContain('What it has delivered stays');
  });
});
