// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLanguage } from '@/i18n';
import { SealButton } from './SealButton';
import { VerifyForm } from './VerifyForm';

const WHOLE = { name: '2026-03-01T060000Z', valid: true, checksum: '9f', files: 14, bytes: 2048, problems: [] };
let root: ReturnType<typeof createRoot>;
let host: HTMLElement;
let calls: string[] = [];
let answer: [number, object] = [200, WHOLE];

const text = () => host.textContent ?? '';
const press = (label: string) => act(async () => {
  [...host.querySelectorAll('button')].find((one) => one.textContent === label)!.click();
  await new Promise((resolve) => setTimeout(resolve, 30));
});
const show = (node: ReactNode) => act(async () => root.render(
  <MantineProvider env="test"><QueryClientProvider client={new QueryClient()}>{node}</QueryClientProvider></MantineProvider>,
));

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('fetch', async (url: string, { method, body }: RequestInit) => {
    calls.push(`${method} ${url}${typeof body === 'string' ? ` ${body}` : ''}`);
    const type = answer[0] < 400 ? 'application/json' : 'application/problem+json';
    return new Response(JSON.stringify(answer[1]), { status: answer[0], headers: { 'content-type': type } });
  });
  window.matchMedia = (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as never;
  await startLanguage();
});
beforeEach(() => {
  calls = [];
  host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
});
afterEach(async () => {
  await act(async () => root.unmount());
  host.remove();
});

describe('a backup that is read again', () => {
  it('is the one that was just made, and is said to be whole', async () => {
    answer = [200, WHOLE];
    await show(<VerifyForm latest={WHOLE.name} />);
    await press('Verify');
    expect(calls).toEqual(['POST /api/v1/system/backup/verify {"name":"2026-03-01T060000Z"}']);
    expect(text()).toContain('✓ 2026-03-01T060000Z is as it was written: 14 files');
  });
  it('is named with each file that differs', async () => {
    answer = [200, { ...WHOLE, valid: false, problems: ['meta.db differs'] }];
    await show(<VerifyForm latest={WHOLE.name} />);
    await press('Verify');
    expect(host.querySelector('[role=alert]')!.textContent).toContain('meta.db differs');
    expect(text()).not.toContain('✓');
  });
});

describe('sealing', () => {
  it('says that it is done, or what stands in the way', async () => {
    answer = [200, {}];
    await show(<SealButton />);
    await press('Seal now');
    expect(calls[0]).toBe('POST /api/v1/system/seal');
    expect(host.querySelector('[role=status]')!.textContent).toBe('Sealed.');
    answer = [409, { code: 'conflict', status: 409, what: 'a backup or a seal is running', hint: 'Try again when it has ended.' }];
    await press('Seal now');
    expect(host.querySelector('[role=alert]')!.textContent).toContain('Try again when it has ended.');
  });
});
