import { expect, test } from 'vitest';
import { checkAncestors, fixedInFork, forkProblems, sameAncestors } from './ancestors';
import { applySettings } from './edit-session';
import { parseSession } from './parse-session';
import { sessionLeaves } from './session-paths';

/** Stage 0 up to step 10, stage 1 up to 30, stage 2 up to 35. */
const parent = parseSession({ pretrain: { steps: 10 }, sft: { steps: 20 }, grpo: { steps: 5 } });
const changed = (...settings: string[]) => applySettings(parent, settings);
const refused = (step: number, ...settings: string[]) =>
  forkProblems(parent, step, changed(...settings)).map(({ path, expected }) => `${path}: ${expected}`);

test('a fork may change how training goes on', () => {
  expect(refused(5, 'pretrain.learning_rate=0.001', 'pretrain.steps=6', 'sft.mode=direct', 'title=a fork')).toEqual([]);
  expect(refused(10, 'sft.batch_size=32', 'sft.steps=7')).toEqual([]);
  expect(refused(20, 'sft.steps=11', 'sft.batch_size=32', 'grpo.steps=0', 'evaluation.every=3')).toEqual([]);
  expect(refused(20, 'environment.M=8', 'model.activations=recompute', 'checkpoint.every=1')).toEqual([]);
  expect(refused(32, 'grpo.learning_rate=0.1', 'environment.ef=32', 'grpo.steps=9')).toEqual([]);
  // A run that has ended goes on with a stage that its parent did not have.
  const short = changed('grpo.steps=0');
  expect(forkProblems(short, 30, parent)).toEqual([]);
});

test('what the steps before it depend on is refused by name', () => {
  const [seed] = refused(20, 'seed=2');
  expect(seed).toBe("seed: the parent's 1, because all that is drawn comes from it");
  expect(refused(20, 'task.entities=32')[0]).toContain('the data of the steps before the fork');
  expect(refused(20, 'model.hidden_size=32')[0]).toContain('the model that the parent trained');
  expect(refused(20, 'pretrain.learning_rate=0.001')).toEqual([
    "pretrain.learning_rate: the parent's 0.004, because stage 0 lies before the fork, at step 20",
  ]);
  expect(refused(30, 'sft.steps=25')[0]).toContain('stage 1 lies before the fork, at step 30');
  expect(refused(20, 'sft.steps=10')[0]).toBe(
    'sft.steps: more than 10, the steps of stage 1 that lie before the fork, at step 20',
  );
  expect(refused(20, 'sft.weight_kl=0.1')[0]).toContain('is kept when stage 1 begins');
  expect(refused(32, 'environment.M=8')[0]).toContain('linked with it before the fork');
  expect(refused(10, 'sft.steps=0', 'grpo.steps=0')[0]).toBe(': a stage with steps after step 10, at which it leaves its parent'); // prettier-ignore
  expect(fixedInFork(parent, 20, 'sft.steps')).toBeNull();
  expect(fixedInFork(parent, 20, 'pretrain.steps')).toContain('stage 0 lies before the fork');
  expect(fixedInFork(parent, 20, 'seed')).toContain('all that is drawn');
});

test('after its parent’s last step only what trains nothing is free, whatever settings there will be', () => {
  const free = sessionLeaves.map(({ path }) => path).filter((path) => fixedInFork(parent, 35, path) === null);
  expect(free.filter((path) => !/^(evaluation|checkpoint)\./.test(path))).toEqual([
    'title',
    'model.activations',
    'model.micro_batches',
    'model.numerics',
  ]);
});

test('a fork leaves its parent at a step of the parent, and a fork of a fork after it', () => {
  const child = changed('sft.learning_rate=0.001');
  const from = (step: number) => ({ session: parent, step, link: '' });
  expect(() => checkAncestors(child, [from(12)], 'link')).not.toThrow();
  expect(() => checkAncestors(child, [from(36)], 'link')).toThrow('link: a fork at step 36, expected one from 1 to 35');
  expect(() => checkAncestors(child, [from(0)], 'link')).toThrow('a fork at step 0');
  expect(() => checkAncestors(child, [from(31)], 'link')).toThrow(
    "link: sft.learning_rate is 0.001, expected the parent's 0.004, because stage 1 lies before the fork, at step 31",
  );
  const grandchild = applySettings(child, ['grpo.steps=7']);
  expect(() => checkAncestors(grandchild, [from(12), { session: child, step: 20, link: '' }])).not.toThrow();
  expect(() => checkAncestors(grandchild, [from(20), { session: child, step: 20, link: '' }])).toThrow('from 21 to 35');
});

test('another title leaves ancestors the same, other steps and settings do not', () => {
  const one = [{ session: parent, step: 12, link: '' }];
  expect(sameAncestors(one, [{ session: changed('title=x'), step: 12, link: 'aaaaaaaa' }])).toBe(true);
  expect(sameAncestors(one, [{ session: parent, step: 13, link: '' }])).toBe(false);
  expect(sameAncestors(one, [{ session: changed('grpo.steps=6'), step: 12, link: '' }])).toBe(false);
  expect(sameAncestors(one, [])).toBe(false);
});
