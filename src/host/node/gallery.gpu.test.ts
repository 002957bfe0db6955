import { readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import * as v from 'valibot';
import { testWithGpu } from '../../gpu/testing';
import verifyCommand from './commands/verify';
import * as output from './output';

const cards = v.parse(
  v.array(v.looseObject({ name: v.string(), link: v.string(), steps: v.number(), minutes: v.number() })),
  JSON.parse(readFileSync(new URL('../../view/gallery/cards.json', import.meta.url), 'utf8')),
);

testWithGpu(
  'the quickest link of the gallery verifies',
  async () => {
    const print = vi.spyOn(output, 'printResult').mockImplementation(() => undefined);
    const { link, steps } = cards.reduce((quickest, card) => (card.minutes < quickest.minutes ? card : quickest));
    expect(await verifyCommand([`#${link}`])).toBe(0);
    expect(print.mock.lastCall?.[0]).toMatchObject({ step: steps, drift: null });
  },
  { timeout: 240_000 },
);
