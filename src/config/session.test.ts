import { isRead, settingsFor } from './tasks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../lib/errors';
import { checkArchitecture } from './architecture';
import { applySettings, diffSession, setPath, settingsOf, withValue } from './edit-session';
import type { Leaf } from '../settings/leaves';
import { parseSession, parseShape } from './parse-session';
import { PRESETS, presetSession } from './presets';
import { defaultSession } from './session';
import { sessionArchitecture, sessionProblems } from './session-checks';
import { sessionLeaves } from './session-paths';

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'nothing refused';
}

const sentence = /^[^\n]{1,200}$/;

function valueOf(leaf: Leaf): fc.Arbitrary<unknown> {
  switch (leaf.kind) {
    case 'number':
      return fc.double({ min: leaf.min, max: leaf.max, noNaN: true });
    case 'integer':
      return fc.integer({ min: leaf.min, max: leaf.max });
    case 'boolean':
      return fc.boolean();
    case 'text':
      return fc.string({ maxLength: leaf.maxLength });
    case 'option':
      return fc.constantFrom(...leaf.options);
    case 'options':
      return fc.subarray([...leaf.options], { minLength: 1 });
    case 'integers':
      return fc.array(fc.integer({ min: leaf.min, max: leaf.max }), { minLength: 1, maxLength: leaf.maxLength });
  }
}

describe('the default session', () => {
  it('is valid and small', () => {
    expect(parseSession({})).toEqual(defaultSession);
    expect(parseSession(JSON.parse(JSON.stringify(defaultSession)))).toEqual(defaultSession);
    expect(JSON.stringify(defaultSession).length).toBeLessThan(2500);
    expect(sessionProblems(defaultSession)).toEqual([]);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(defaultSession.grpo.depth_weights)).toBe(true);
    expect(Object.isFrozen(defaultSession.sft)).toBe(true);
  });
});

describe('presets', () => {
  it.each(PRESETS.map((preset) => preset.name))('%s is valid', (name) => {
    expect(presetSession(name)).toBeDefined();
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
  });

  it('have names of their own, and the page opens with kin-quick', () => {
    expect(new Set(PRESETS.map((preset) => preset.name)).size).toBe(PRESETS.length);
    expect(PRESETS[0]?.name).toBe('kin-quick');
    expect(presetSession('kin')).toEqual(defaultSession);
    expect(presetSession('toString')).toBeUndefined();
  });
});

describe('parseSession', () => {
  it.each([
    [{ sft: { learning_rate: 7 } }, 'session: sft.learning_rate is 7, expected a number between 0 and 1'],
    [{ sft: { learning_rat: 7 } }, 'session: "sft.learning_rat" is no setting, expected one like sft.learning_rate'],
    [{ sfd: {} }, 'session: "sfd" is no setting, expected one like sft'],
    [{ sft: 3 }, 'session: sft is 3, expected an object'],
    [{ seed: 1.5 }, 'session: seed is 1.5, expected a whole number between 0 and 4294967295'],
    [{ seed: null }, 'session: seed is null, expected a whole number between 0 and 4294967295'],
    [{ title: 'a\nb' }, 'session: title is "a\\nb", expected one line of at most 80 characters'],
    [{ title: '\ud800' }, 'session: title is "\\ud800", expected one line of at most 80 characters'],
    [{ format: 2 }, 'session: format is 2, expected 1, the only format this version reads'],
    [{ sft: { mode: 'x' } }, 'session: sft.mode is "x", expected one of reasoning, direct, both, filler'],
    [
      { grpo: { num_generations: 1 } },
      'session: grpo.num_generations is 1, expected a whole number between 2 and 64, because a group of 1 has no advantage',
    ],
    [
      { grpo: { depth_weights: [1, 'x'] } },
      'session: grpo.depth_weights is [1,"x"], expected a list of 1 to 6 whole numbers between 0 and 100',
    ],
    [[], 'session is [], expected an object'],
    ['kin', 'session is "kin", expected an object'],
    [null, 'session is null, expected an object'],
    [JSON.parse('{"__proto__":{"steps":1}}'), 'session: "__proto__" is no setting, expected one like'],
    [JSON.parse('{"sft":{"constructor":1}}'), 'session: "sft.constructor" is no setting, expected one like sft.'],
  ])('%j', (json, message) => {
    expect(refusal(() => parseSession(json))).toContain(message);
  });

  it.each([
    [{ task: { max_depth: 6, relations: 4 } }, 'task.max_depth is 6, expected at most task.relations (4)'],
    [{ model: { hidden_size: 50 } }, 'model.hidden_size is 50, expected a multiple of model.num_attention_heads (4)'],
    [{ model: { hidden_size: 60 } }, 'model.hidden_size is 60, expected an even number'],
    [{ model: { hidden_size: 8 } }, 'model.hidden_size is 8, expected 4 to 256 for each'],
    [
      { model: { fp16: true, base: { sha256: 'ab'.repeat(32) }, adapter: { rank: 2 } }, pretrain: { steps: 0 } },
      'model.fp16 is true, expected false, because an adapter and what it is on are computed in f32',
    ],
    [{ model: { num_key_value_heads: 3 } }, 'model.num_key_value_heads is 3, expected a divisor of'],
    [{ model: { max_position_embeddings: 16 } }, 'model.max_position_embeddings is 16, expected at least 17'],
    [{ model: { max_position_embeddings: 16 }, grpo: { steps: 1 } }, 'expected at least 24'],
    [{ task: { topics: 4 } }, 'sft.topics_per_batch is 8, expected at most task.topics (4)'],
    [{ sft: { batch_size: 4 } }, 'sft.topics_per_batch is 8, expected at most sft.batch_size (4)'],
    [{ grpo: { steps: 1, max_completion_length: 8 } }, 'grpo.max_completion_length is 8, expected at least 9'],
    [{ grpo: { steps: 1, depth_weights: [1] } }, 'grpo.depth_weights is [1], expected 4 entries'],
    [{ grpo: { steps: 1, depth_weights: [0, 0, 0, 0] } }, 'expected at least one entry above 0'],
    [
      { task: { entities: 4, topics: 1 }, sft: { topics_per_batch: 1 } },
      'grpo.reward_k is 10, expected at most 4, the number of documents',
    ],
  ])('%j is no combination', (json, message) => {
    expect(refusal(() => parseSession(json))).toContain(message);
  });

  it.each([
    [{ sft: { steps: 0 }, task: { topics: 4 } }],
    [{ grpo: { steps: 0, depth_weights: [1] } }],
    [{ grpo: { steps: 0, max_completion_length: 1 } }],
  ])('%j is one, because the stage is left out', (json) => {
    expect(refusal(() => parseSession(json))).toBe('nothing refused');
  });

  it('refuses a setting that the task does not read, and says so', () => {
    const atlas = { task: { name: 'atlas-facts' }, grpo: { depth_weights: [1, 2] } };
    expect(parseSession(atlas).task).not.toHaveProperty('entities');
    expect(parseSession({ ...atlas, task: { ...atlas.task, entities: 64 } })).toEqual(parseSession(atlas));
    expect(settingsOf(parseSession(atlas))).toContainEqual({ path: 'task.entities', value: 64 });
    expect(refusal(() => parseSession({ ...atlas, task: { name: 'atlas-facts', entities: 32 } }))).toBe(
      'session: task.entities is 32, expected its default, 64, because the task atlas-facts does not read it',
    );
    expect(refusal(() => parseSession({ ...atlas, sft: { topics_per_batch: 2 } }))).toContain('sft.topics_per_batch');
    expect(refusal(() => parseSession({ task: { name: 'atlas-walk' }, grpo: { steps: 1 } }))).toContain(
      'expected 3 entries',
    );
  });

  it('refuses whatever it is given in one sentence', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        if (JSON.stringify(json) === '{}') return;
        expect(refusal(() => parseSession(json))).toMatch(sentence);
      }),
    );
  });

  it('lets through no shape that the model refuses', () => {
    // What it is born with: the rest belongs to a base, which has a shape of its own.
    const leaves = sessionLeaves.filter(({ group, key }) => group === 'model' && !/\.|^dtype$/.test(key));
    fc.assert(
      fc.property(fc.record(Object.fromEntries(leaves.map(({ key, leaf }) => [key, valueOf(leaf)]))), (model) => {
        const session = parseShape({ model });
        if (sessionProblems(session).length === 0) checkArchitecture(sessionArchitecture(session, 100), 'model');
      }),
    );
  });
});

describe('editing', () => {
  it('sets from text', () => {
    expect(setPath(defaultSession, 'sft.steps=10').sft.steps).toBe(10);
    expect(setPath(defaultSession, 'sft.learning_rate=1e-3').sft.learning_rate).toBe(0.001);
    expect(setPath(defaultSession, 'sft.curriculum=true').sft.curriculum).toBe(true);
    expect(setPath(defaultSession, 'title=a = b').title).toBe('a = b');
    expect(setPath(defaultSession, 'grpo.depth_weights=[1, 2]').grpo.depth_weights).toEqual([1, 2]);
    expect(setPath(defaultSession, 'grpo.depth_weights=3').grpo.depth_weights).toEqual([3]);
    expect(defaultSession.sft.steps).toBe(600);
  });

  it.each([
    ['sft.step=10', '--set: "sft.step" is no setting, expected one like sft.steps'],
    ['sft.steps', '--set is "sft.steps", expected path=value'],
    ['=3', '--set is "=3", expected path=value'],
    ['sft.steps=', '--set: sft.steps is "", expected a whole number between 0 and 100000'],
    ['sft.steps=0x10', '--set: sft.steps is "0x10", expected a whole number'],
    ['sft.steps=1e400', '--set: sft.steps is Infinity, expected a whole number'],
    ['sft=1', '--set: "sft" is no setting, expected one like'],
    ['format=1', '--set: "format" is no setting, expected one like'],
    ['sft.curriculum=yes', '--set: sft.curriculum is "yes", expected true or false'],
    ['__proto__.x=1', '--set: "__proto__.x" is no setting'],
  ])('refuses %s', (assignment, message) => {
    expect(refusal(() => setPath(defaultSession, assignment))).toContain(message);
  });

  it('takes along with another task what goes by the task', () => {
    const quick = presetSession('kin-quick') ?? defaultSession;
    const atlas = applySettings(quick, ['task.name=atlas-walk']);
    expect(settingsOf(atlas)).toContainEqual({ path: 'task.entities', value: 64 });
    expect(atlas.grpo.depth_weights).toEqual([1, 2, 3]);
    expect(atlas.sft).toEqual(quick.sft);
    expect(applySettings(atlas, ['task.name=kin']).grpo.depth_weights).toEqual(defaultSession.grpo.depth_weights);
    expect(refusal(() => applySettings(quick, ['task.name=atlas-facts', 'task.topics=5']))).toContain(
      'task.topics is 5',
    );
  });

  it('checks several at once, as a whole', () => {
    const settings = ['task.relations=3', 'task.max_depth=2'];
    expect(settingsFor(applySettings(defaultSession, settings), 'kin').max_depth).toBe(2);
    expect(refusal(() => applySettings(defaultSession, settings.slice(0, 1)))).toContain('task.max_depth');
    expect(applySettings(defaultSession, [])).toEqual(defaultSession);
  });

  it('lets the weights of depths follow the deepest query', () => {
    const weights = (...settings: string[]) => applySettings(defaultSession, settings).grpo.depth_weights;
    expect(weights('task.max_depth=2')).toEqual([1, 2]);
    expect(weights('grpo.depth_weights=3,0,1,1', 'task.max_depth=5')).toEqual([3, 0, 1, 1, 5]);
    expect(weights('grpo.depth_weights=0,0,1,1', 'task.max_depth=2')).toEqual([1, 2]);
  });

  it('lists what differs, and the list makes the one from the other', () => {
    const edit = fc
      .constantFrom(...sessionLeaves)
      .chain(({ path, leaf }) => fc.tuple(fc.constant(path), valueOf(leaf)));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 5 }), (edits) => {
        const b = edits.reduce(
          (session, [path, value]) => (isRead(path, session.task.name) ? withValue(session, path, value) : session),
          defaultSession,
        );
        const changes = diffSession(defaultSession, b);
        const order = settingsOf(b).map(({ path }) => path);
        expect(changes.map(({ path }) => path)).toEqual(
          [...changes].sort((x, y) => order.indexOf(x.path) - order.indexOf(y.path)).map(({ path }) => path),
        );
        const made = changes.reduce((session, { path, to }) => withValue(session, path, to), defaultSession);
        expect(diffSession(made, b)).toEqual([]);
      }),
    );
  });
});
