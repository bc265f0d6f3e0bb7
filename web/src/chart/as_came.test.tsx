// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { MemoryRouter, useLocation } from 'react-router';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { bodyOf, exportUrl } from '@/api/history';
import { startLanguage } from '@/i18n';
import { AsCameButton } from './AsCameButton';
import { isAsCame, withAsCame } from './as_came';

const wanted = { picks: [{ thing: 'pump-1', property: 'flow' }], start: 'a', end: 'b', stepMs: null, maxPoints: 800 };
const file = { format: 'csv' as const, thing: 'pump-1', properties: ['flow'], start: '2026-03-01T00:00:00Z', end: '2026-03-02T00:00:00Z' };

describe('samples as they came', () => {
  beforeAll(async () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
    window.matchMedia = (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as never;
    await startLanguage();
  });
  it('are asked of the hub without corrections', () => {
    expect(bodyOf({ ...wanted, asCame: true }).corrections).toBe('off');
    expect(bodyOf({ ...wanted, asCame: false }).corrections).toBe('applied');
  });
  it('stand in the address beside the rest of the picture', () => {
    const on = withAsCame(new URLSearchParams('p=flow&range=1h'), true);
    expect(on.toString()).toBe('p=flow&range=1h&corrections=off');
    expect([isAsCame(on), isAsCame(withAsCame(on, false))]).toEqual([true, false]);
  });
  it('are exported as originals beside what corrections made of them', () => {
    expect(exportUrl({ ...file, originals: true })).toContain('originals=true');
    expect(exportUrl({ ...file, originals: false })).not.toContain('originals');
  });
  it('are a button that is pressed or not', async () => {
    const host = document.createElement('div');
    document.body.append(host);
    const Where = () => <output>{useLocation().search}</output>;
    const root = createRoot(host);
    await act(async () => root.render(<MantineProvider env="test"><MemoryRouter initialEntries={['/?p=flow']}><AsCameButton /><Where /></MemoryRouter></MantineProvider>));
    const button = host.querySelector('button')!;
    expect(button.textContent).toBe('As it came');
    await act(async () => button.click());
    expect([button.getAttribute('aria-pressed'), host.querySelector('output')!.textContent]).toEqual(['true', '?p=flow&corrections=off']);
    await act(async () => button.click());
    expect([button.getAttribute('aria-pressed'), host.querySelector('output')!.textContent]).toEqual(['false', '?p=flow']);
    await act(async () => root.unmount());
  });
});
