// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { Plan } from '@/api/types';
import { changeLanguage, startLanguage } from '@/i18n';
import { ReplayNotes } from './ReplayNotes';

const replay: Plan['replay'] = {
  days: 30, samples: 9, samples_max: 10, properties: 1, properties_done: 1, complete: true, since: null, commit: 1, properties_cut: [], rules_left_out: [],
  models: [{ model: 'machine@2', instead_of: 'machine@1', through: ['fan@1', 'pump@1'], things: 1200 }],
  not_replayed: [{ thing: 'pump-1', property: null, why: 'it cannot have machine@2 as it is' }],
};
const plan: Plan = { revision: 1, problems: [], notes: [], changes: [], effects: [], deletes: [], unchanged: 0, replay };

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  window.matchMedia = (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as never;
  await startLanguage();
});
afterEach(() => changeLanguage('en'));

async function shown(language: 'en' | 'zh', what = plan) {
  await changeLanguage(language);
  const host = document.createElement('div');
  const root = createRoot(host);
  await act(async () => root.render(<MantineProvider><ReplayNotes plan={what} /></MantineProvider>));
  const text = host.textContent;
  await act(async () => root.unmount());
  return text;
}

it('says through which models a new base was tried, on how many things, and on which it could not be', async () => {
  const text = await shown('en');
  expect(text).toContain('No thing uses machine@2 yet; it was tried in place of machine@1 through fan@1, pump@1, on 1,200 things.');
  expect(text).toContain('Not tried on pump-1: it cannot have machine@2 as it is.');
  const chinese = await shown('zh');
  expect(chinese).toContain('已经由 fan@1, pump@1 代替 machine@1，在 1,200 个物上试算');
});

it('names each property of which not all was checked, and how much of it was', async () => {
  const cut = { property: 'flow', since: '2026-02-26T00:00:00Z', until: null };
  const what: Plan = { ...plan, replay: { ...replay, properties: 14, properties_done: 2, complete: false, properties_cut: [
    { ...cut, thing: 'pump-3', days_seen: 0 }, { ...cut, thing: 'pump-4', days_seen: 2.3148 },
  ] } };
  const text = await shown('en', what);
  expect(text).toContain('pump-3/flow: none of 30 days were checked.');
  expect(text).toContain('pump-4/flow: the last 2.3 of 30 days were checked.');
  expect(text).toContain('and 10 properties more of which not all was checked');
  expect(await shown('zh', what)).toContain('pump-4/flow：30 天中的最近 2.3 天已检查。');
});
