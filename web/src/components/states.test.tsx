// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '@/api/failure';
import { changeLanguage, startLanguage } from '@/i18n';
import { Delayed } from './Delayed';
import { ErrorNotice } from './ErrorNotice';
import { LiveReading } from './LiveReading';
import { QualityMark } from './QualityMark';

const host = document.createElement('div');
const text = () => host.querySelector('#shown')!.textContent;
let root = createRoot(host);

async function show(node: ReactNode) {
  await act(async () => root.render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}><div id="shown">{node}</div></QueryClientProvider>
    </MantineProvider>,
  ));
}

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} });
  window.matchMedia = (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as never;
  document.body.append(host);
  await startLanguage();
});
beforeEach(() => { root = createRoot(host); });
afterEach(async () => { await act(async () => root.unmount()); });

describe('an error', () => {
  const failure = new Failure({ code: 'not_found', status: 404, what: "thing 'pmup-1' is unknown", hint: 'Did you mean pump-1?' }, 'GET /api/v1/things/pmup-1', 12);
  it('is a sentence with the next step, and real values to unfold', async () => {
    await show(<ErrorNotice error={failure} sentence="The thing could not be loaded." />);
    expect(host.querySelector('[role=alert]')!.textContent).toContain("Thing 'pmup-1' is unknown. Did you mean pump-1?");
    const details = [...host.querySelectorAll('button')].find((one) => one.textContent === 'Details')!;
    expect(details.getAttribute('aria-expanded')).toBe('false');
    await act(async () => details.click());
    expect(details.getAttribute('aria-expanded')).toBe('true');
    expect(text()).toContain("thing 'pmup-1' is unknown");
    expect(text()).toContain('12 ms');
  });
});

describe('quality', () => {
  it('is a word beside its colour, in both languages', async () => {
    await show(<QualityMark quality="bad" stale={false} reasons={['out_of_range']} />);
    expect(text()).toBe('Badout of range');
    await act(() => changeLanguage('zh'));
    expect(text()).toBe('坏超出范围');
    await act(() => changeLanguage('en'));
  });
  it('is stale when it was good and its source is silent', async () => {
    await show(<QualityMark quality="good" stale />);
    expect(text()).toBe('Stale');
  });
});

describe('a reading', () => {
  const current = { value: 41.7123, time: null, received: null, quality: 'good' as const, quality_code: 0, reasons: [], stale: false, stale_since: null };
  const show1 = (lost: boolean) => show(
    <LiveReading label="Flow" name="flow" unit="m3/h" type="f64" source={{ kind: 'millrace', name: 'edge-1' }} current={current} lost={lost} />,
  );
  it('can be reached by keyboard and says what it is', async () => {
    await show1(false);
    expect(host.querySelector('button')!.getAttribute('aria-label')).toBe('Flow: 41.71 m³/h. Details');
  });
  it('looks stale as soon as the connection is lost', async () => {
    await show1(false);
    expect(host.querySelector('.reading.stale')).toBeNull();
    await show1(true);
    expect(host.querySelector('.reading.stale')).not.toBeNull();
  });
});

describe('waiting', () => {
  it('shows nothing for the first 200 ms', async () => {
    vi.useFakeTimers();
    await show(<Delayed>skeleton</Delayed>);
    await act(() => vi.advanceTimersByTimeAsync(190));
    expect(text()).toBe('');
    await act(() => vi.advanceTimersByTimeAsync(20));
    expect(text()).toBe('skeleton');
    vi.useRealTimers();
  });
});
