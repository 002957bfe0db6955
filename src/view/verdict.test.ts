import { describe, expect, test } from 'vitest';
import { withValue } from '../config/edit-session';
import { defaultSession } from '../config/session';
import { marksOf } from '../records/marks';
import { arm } from '../records/records.test-data';
import {
  adapterName,
  formatClaimed,
  formatClaimDifference,
  headlineMetrics,
  standingOf,
  verdictOf,
  type Found,
} from './verdict';

const evaluation = { test: { reasoning: arm(0.912345), direct: arm(0.21), gold: arm(0.95) } };
const fingerprint = '0123456789abcdef'.repeat(4);
const found: Found = { session: defaultSession, fingerprint, numerics: 1, evaluation, adapter: 'nvidia hopper' };
const claimed = { fingerprint, metrics: headlineMetrics(evaluation), adapter: 'nvidia hopper' };

test('the headline is that of the test split, to the digits of a claim', () => {
  expect(headlineMetrics(evaluation)).toEqual({ 'ndcg_cut_10/reasoning': 0.9123, 'ndcg_cut_10/without': 0.21 });
  expect(headlineMetrics({ dev: { filler: arm(0.5) } })).toEqual({ 'ndcg_cut_10/without': 0.5 });
  expect(headlineMetrics(null)).toEqual({});
  expect(adapterName({ vendor: 'google', architecture: '' })).toBe('google');
});

describe('a verdict', () => {
  test('is a reproduction where the fingerprint, or what the link holds of it, is the same', () => {
    const whole = verdictOf(defaultSession, claimed, found);
    expect(whole).toMatchObject({ kind: 'reproduced', text: 'The fingerprint of all steps is the same.' });
    for (const digits of [8, 12, 63]) {
      const prefix = verdictOf(defaultSession, { ...claimed, fingerprint: fingerprint.slice(0, digits) }, found);
      expect(prefix).toMatchObject({ kind: 'reproduced' });
      expect('text' in prefix && prefix.text).toContain(`in the ${digits} digits that the link holds`);
    }
  });

  test('says so when the bits agree and the numbers do not', () => {
    const verdict = verdictOf(defaultSession, { ...claimed, metrics: { 'ndcg_cut_10/reasoning': 0.99 } }, found);
    expect(verdict).toMatchObject({ kind: 'reproduced' });
    expect(verdict.text).toContain('The numbers below are not');
  });

  test('sets claimed and found side by side where the bits differ', () => {
    const other = {
      fingerprint: 'ffffffff',
      metrics: { 'ndcg_cut_10/reasoning': 0.9, 'ndcg_cut_10/gold': 0.95, 'x/y': 3 },
    };
    const verdict = verdictOf(defaultSession, { ...other, adapter: 'apple metal-3' }, found);
    if (verdict.kind !== 'different') throw new Error(verdict.kind);
    expect(verdict.text).toContain('differs by at most 0.012.');
    expect(verdict.text).toContain('within the tolerance for another adapter: final nDCG@10 within 0.02.');
    expect(verdict.text).toContain(
      'claimed on apple metal-3 and ran here on nvidia hopper: another adapter may differ',
    );
    expect(verdict.rows.map((row) => [row.label, formatClaimed(row.found), formatClaimDifference(row)])).toEqual([
      ['nDCG@10, reasoning', '0.9123', '+0.0123'],
      ['nDCG@10, gold reasoning', '0.9500', '0'],
      ['x/y', 'not measured', '–'],
    ]);
  });

  test('tells the same adapter from one that was not named, and a result that is the same all the same', () => {
    const other = { ...claimed, fingerprint: 'ffffffff' };
    expect(verdictOf(defaultSession, other, found).text).toMatch(
      /yet the result is the same\. Both ran on nvidia hopper/,
    );
    expect(verdictOf(defaultSession, { ...other, adapter: '' }, found).text).toContain('Not both adapters are known');
    expect(verdictOf(defaultSession, { ...other, numerics: 2 }, found).text).toContain('(numerics 2, here 1)');
    const inParts = { ...found, session: withValue(defaultSession, 'model.micro_batches', 4) };
    expect(verdictOf(defaultSession, other, inParts).text).toContain(
      'The recorded run computed its steps in one part, this one in 4 micro-batches',
    );
    expect(verdictOf(inParts.session, { ...other, micro_batches: 4 }, inParts).text).not.toContain('micro-batches');
    expect(verdictOf(defaultSession, { ...other, metrics: {} }, found).text).toContain('claims no number to compare');
    const near = { ...other, metrics: { 'ndcg_cut_10/without': 0.2104 } };
    const verdict = verdictOf(defaultSession, near, found);
    expect(verdict.text).toContain('differs by at most 0.0004.');
    expect('rows' in verdict && formatClaimDifference(verdict.rows[0]!)).toBe('−0.0004');
  });

  test('is none where the session was edited; a title is no edit', () => {
    const titled = { ...found, session: { ...defaultSession, title: 'Mine' } };
    expect(verdictOf(defaultSession, claimed, titled).kind).toBe('reproduced');
    const edited = { ...found, session: withValue(defaultSession, 'sft.batch_size', 32) };
    expect(verdictOf(defaultSession, claimed, edited)).toEqual({
      kind: 'edited',
      text: 'No verdict on the link’s result: the session was edited after it was opened, in 1 setting.',
    });
  });
});

describe('how a run that goes on stands to its link', () => {
  const { pretrain, sft, grpo } = defaultSession;
  const links = Array.from({ length: pretrain.steps + sft.steps + grpo.steps }, (_, i) => `${i + 4096}`);
  const marked = { ...claimed, marks: marksOf(links) };
  const step = links.length / 8;
  const standing = (known: readonly string[]) => standingOf(defaultSession, marked, { links: known, adapter: 'apple' });

  test('is open until its first mark, then reproduced so far', () => {
    expect(standing(links.slice(0, 5))).toEqual({
      kind: 'open',
      text: `Not compared with the link’s run yet. The next comparison is at step ${Math.round(step)}.`,
    });
    expect(standing(links.slice(0, Math.round(3 * step)))).toMatchObject({
      kind: 'reproduced',
      title: `Reproduced bit for bit up to step ${Math.round(3 * step)}, and going on.`,
    });
    expect(standingOf(defaultSession, claimed, { links, adapter: '' })).toMatchObject({ kind: 'open' });
  });

  test('is a drift from the first mark that differs, then and at its end', () => {
    const other = links.map((link, i) => (i < 3.5 * step ? link : `f${link}`));
    const parted = `between steps ${Math.round(3 * step)} and ${Math.round(4 * step)}`;
    const drift = standing(other.slice(0, Math.round(5 * step)));
    expect(drift).toMatchObject({ kind: 'different', title: `It drifts from the link’s run ${parted}.` });
    expect(drift.text).toContain('claimed on nvidia hopper and ran here on apple');
    const end = verdictOf(defaultSession, marked, { ...found, fingerprint: 'f'.repeat(64), links: other });
    expect(end.text).toContain(`The two parted ${parted}.`);
  });
});
