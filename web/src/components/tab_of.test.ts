import { expect, it } from 'vitest';
import { tabOf } from './tab_of';

it('shows the tab of the address, and the first for one that is not there', () => {
  const of = (query: string) => tabOf(new URLSearchParams(query), ['values', 'actions']);
  expect([of(''), of('tab=actions'), of('tab=dance')]).toEqual(['values', 'actions', 'values']);
});
