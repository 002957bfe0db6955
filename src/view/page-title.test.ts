import { expect, test } from 'vitest';
import { isolated, withoutDirections } from '../lib/bidi';
import { parseSession } from '../config/parse-session';
import { pageTitle } from './page-title';
import { sessionName } from './run-words';

test('the tab says what runs and how far it is', () => {
  expect(pageTitle('ready', null, 0)).toBe('Search-R3 Lab');
  expect(pageTitle('running', 'Kin, quick', 0.639)).toBe('63\u202f% Kin, quick · Search-R3 Lab');
  expect(pageTitle('finished', 'Kin, quick', 1)).toBe('Finished: Kin, quick · Search-R3 Lab');
});

test('a name that turns the direction of text turns nothing around it', () => {
  expect(pageTitle('failed', 'a\u202eb', 0)).toBe('Failed: ab · Search-R3 Lab');
  expect(withoutDirections('\u2066x\u2069')).toBe('x');
  expect(isolated('\u202ex')).toBe('\u2068\u202ex\u2069');
  const session = (title: string) => parseSession({ title, seed: 5 });
  expect(sessionName(session('a\u202eb'))).toBe('\u2068a\u202eb\u2069, seed 5');
  expect(sessionName(session('ab'))).toBe('ab, seed 5');
});
