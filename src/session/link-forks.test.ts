import { expect, test } from 'vitest';
import { applySettings } from '../config/edit-session';
import { parseSession } from '../config/parse-session';
import { presetSession } from '../config/presets';
import { sha256 } from '../lib/hash';
import { decodeLink, encodeLink } from './link';
import { parseExtras } from './link-extras';
import { readForks, writeForks } from './link-forks';
import { runHash, sessionHash } from './session-hash';

const parent = presetSession('kin-quick')!;
const child = applySettings(parent, ['sft.learning_rate=0.001', 'title=slower']);
const link = sha256('a run').slice(0, 12);

test('a fork’s link brings its parent, the step and the parent’s fingerprint there', () => {
  const step = parent.pretrain.steps + 3;
  const fragment = encodeLink({ session: child, ancestors: [{ session: parent, step, link }] });
  expect(decodeLink(fragment)).toEqual({ session: child, ancestors: [{ session: parent, step, link }] });
  expect(fragment.length).toBeLessThan(encodeLink({ session: child }).length + 120);
});

test('a fork of a fork brings both, beside a selection and a claim', () => {
  const first = parent.pretrain.steps + 3;
  const grandchild = applySettings(child, ['grpo.depth_weights=3,1', 'grpo.learning_rate=0.002']);
  const shared = {
    session: grandchild,
    ancestors: [
      { session: parent, step: first, link },
      { session: child, step: first + 1, link: '' },
    ],
    selection: { step: 4 },
    claim: { fingerprint: sha256('claim'), metrics: { 'ndcg_cut_10/reasoning': 0.5 }, adapter: 'some' },
  };
  expect(decodeLink(encodeLink(shared))).toEqual(shared);
});

test('ancestors that the session is no fork of are refused, in a link that is made and in one that is read', () => {
  const step = parent.pretrain.steps + parent.sft.steps;
  expect(() => encodeLink({ session: child, ancestors: [{ session: parent, step, link }] })).toThrow(
    `link: sft.learning_rate is 0.001, expected the parent's ${parent.sft.learning_rate}, because stage 1 lies before the fork, at step ${step}`,
  );
  const fork = (changes: Record<string, number | string>, at = 3) => [{ step: at, changes }];
  expect(() => readForks(child, fork({ seed: 7 }), 'link')).toThrow("link: seed is 1, expected the parent's 7");
  expect(() => readForks(child, fork({ 'sft.pace': 7 }), 'link')).toThrow('link: "sft.pace" is no setting');
  expect(() => readForks(child, fork({ 'pretrain.steps': -1 }), 'link')).toThrow('link: the parent at step 3: pretrain.steps is -1'); // prettier-ignore
  expect(() => readForks(child, fork({}, 10_000), 'link')).toThrow('a fork at step 10000');
  expect(() => parseExtras({ forks: [] }, 'link')).toThrow('forks is [], expected one fork or more');
  expect(() => parseExtras({ forks: [{ step: 1, changes: {}, when: 2 }] }, 'link')).toThrow('is no part of a link');
});

test('what a link says of its forks comes back as it was written', () => {
  const ancestors = [{ session: parent, step: 5, link: '' }];
  expect(writeForks(child, readForks(child, writeForks(child, ancestors), 'link'))).toEqual(
    writeForks(child, ancestors),
  );
});

test('a state belongs to the sessions that it has gone by; one of no fork to its session as before', () => {
  const session = parseSession({ seed: 3 });
  expect(runHash(session, [])).toBe(sessionHash(session));
  const hashes = [5, 6].map((step) => runHash(child, [{ session: parent, step, link: '' }]));
  expect(new Set([...hashes, sessionHash(child)]).size).toBe(3);
  // What came out is no part of it.
  expect(runHash(child, [{ session: parent, step: 5, link }])).toBe(hashes[0]);
});
