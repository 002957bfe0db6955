import { InputError, type Problem } from '../lib/errors';
import { isSha256 } from '../lib/hash';
import { shown } from '../lib/text';
import type { Architecture } from './architecture';
import type { Session } from './session';
import { leafAt, sameValue, valueAt } from './session-paths';
import { definitionOf, longestSequence, taskSize, unreadSettings } from './tasks';

/** Says in one sentence what is wrong with a setting, and keeps it as data. */
export function settingError(problem: Problem, where: string): InputError {
  const subject = problem.path ? `${where}: ${problem.path}` : where;
  return new InputError(`${subject} is ${shown(problem.value)}, expected ${problem.expected}`, 'input', problem);
}

/** The model of a session, once the task has said how many words it knows. */
export function sessionArchitecture(session: Session, vocabularySize: number): Architecture {
  const { model } = session;
  return {
    ...model,
    vocab_size: vocabularySize,
    head_dim: model.hidden_size / model.num_attention_heads,
    attention_bias: model.model_type === 'qwen2',
  };
}

/** The settings of `model` that a base decides. Of `max_position_embeddings` a session may take less. */
export const BASE_SHAPE: readonly string[] = [
  'model_type',
  'hidden_size',
  'intermediate_size',
  'num_hidden_layers',
  'num_attention_heads',
  'num_key_value_heads',
  'rope_theta',
  'rms_norm_eps',
  'tie_word_embeddings',
  'initializer_range',
].map((key) => `model.${key}`);

/** Combinations of settings that cannot work, in schema order; empty when all is well. Bounds are the schema's part. */
export function sessionProblems(session: Session): Problem[] {
  const { task, model, sft, grpo } = session;
  const problems: Problem[] = [];
  const check = (right: boolean, path: string, value: unknown, expected: string) => {
    if (!right) problems.push({ path, value, expected });
  };

  const { fixed = [], needsBase, ...definition } = definitionOf(task.name);
  problems.push(...unreadSettings(session));

  const { base, adapter } = model;
  const { prompts } = session;
  if (base.sha256 === '') {
    for (const path of ['query', 'document', 'system', 'thinking', 'chat'] as const) {
      const initial = leafAt(`prompts.${path}`)?.leaf.initial;
      check(
        sameValue(prompts[path], initial),
        `prompts.${path}`,
        prompts[path],
        `its default, ${shown(initial)}, because a model that is born here has prompts of its own`,
      );
    }
    for (const [path, value] of [
      ['name', base.name],
      ['from', base.from],
    ] as const) {
      check(value === '', `model.base.${path}`, value, 'nothing, because model.base.sha256 names no model');
    }
    check(
      adapter.rank === 0,
      'model.adapter.rank',
      adapter.rank,
      '0, because a model that is born here has no base to adapt',
    );
    check(
      adapter.embed_token === '',
      'model.adapter.embed_token',
      adapter.embed_token,
      'nothing, because a model that is born here has one of its own',
    );
  } else {
    check(isSha256(base.sha256), 'model.base.sha256', base.sha256, 'a SHA-256 in 64 hexadecimal digits');
    for (const path of BASE_SHAPE) {
      const value = valueAt(session, path);
      const initial = leafAt(path)?.leaf.initial;
      check(
        sameValue(value, initial),
        path,
        value,
        `its default, ${shown(initial)}, because the base has a shape of its own`,
      );
    }
    check(
      session.pretrain.steps === 0,
      'pretrain.steps',
      session.pretrain.steps,
      '0, because the base is trained already',
    );
  }
  if (!prompts.chat) {
    check(prompts.system === '', 'prompts.system', prompts.system, 'nothing, because prompts.chat is false');
    check(
      prompts.thinking === 'template',
      'prompts.thinking',
      prompts.thinking,
      '"template", because prompts.chat is false',
    );
  }
  check(
    model.dtype === 'f32' || adapter.rank > 0,
    'model.dtype',
    model.dtype,
    'f32, because what is trained is f32 always',
  );

  check(
    !model.fp16 || adapter.rank === 0,
    'model.fp16',
    model.fp16,
    'false, because an adapter and what it is on are computed in f32',
  );

  const headSize = model.hidden_size / model.num_attention_heads;
  const heads = `model.num_attention_heads (${model.num_attention_heads})`;
  if (!Number.isInteger(headSize)) {
    check(false, 'model.hidden_size', model.hidden_size, `a multiple of ${heads}`);
  } else if (headSize % 2 !== 0) {
    check(
      false,
      'model.hidden_size',
      model.hidden_size,
      `an even number for each of ${heads}, because RoPE rotates pairs`,
    );
  } else {
    check(headSize >= 4 && headSize <= 256, 'model.hidden_size', model.hidden_size, `4 to 256 for each of ${heads}`);
  }
  check(model.num_attention_heads % model.num_key_value_heads === 0,
    'model.num_key_value_heads', model.num_key_value_heads, `a divisor of ${heads}`); // prettier-ignore

  const { maxDepth, answer, documents } = taskSize(task);
  const longest = longestSequence(session);
  // In words; in a base's own tokens only the run can check it.
  const isBorn = base.sha256 === '';
  check(!isBorn || longest <= model.max_position_embeddings, 'model.max_position_embeddings', model.max_position_embeddings,
    `at least ${longest}, the length of the longest sequence`); // prettier-ignore

  // Of a stage that is left out nothing is read.
  if (sft.steps > 0 && 'topics' in task) {
    check(sft.topics_per_batch <= task.topics, 'sft.topics_per_batch', sft.topics_per_batch,
    `at most task.topics (${task.topics})`); // prettier-ignore
    check(sft.topics_per_batch <= sft.batch_size, 'sft.topics_per_batch', sft.topics_per_batch,
    `at most sft.batch_size (${sft.batch_size})`); // prettier-ignore
  }

  for (const { path, value, because } of fixed) {
    const found = valueAt(session, path);
    check(sameValue(found, value), path, found, `${shown(value)}, because ${because}`);
  }
  problems.push(...teacherProblems(sft));
  if (needsBase !== undefined) {
    check(!isBorn, 'model.base.sha256', base.sha256, `the hash of a base model, because ${needsBase}`);
  }
  problems.push(...(definition.problems?.(task) ?? []));
  if (grpo.steps > 0) {
    check(!isBorn || grpo.max_completion_length >= answer, 'grpo.max_completion_length', grpo.max_completion_length,
    `at least ${answer}, the length of the longest right answer`); // prettier-ignore
    check(grpo.depth_weights.length === maxDepth, 'grpo.depth_weights', grpo.depth_weights,
    `${maxDepth} ${maxDepth === 1 ? 'entry' : 'entries'}, one for each depth of the task's training queries`); // prettier-ignore
    check(grpo.depth_weights.some((weight) => weight > 0), 'grpo.depth_weights', grpo.depth_weights,
    'at least one entry above 0'); // prettier-ignore
  }
  // Evaluations read it too.
  check(grpo.reward_k <= documents, 'grpo.reward_k', grpo.reward_k,
    `at most ${documents}, the number of documents`); // prettier-ignore
  return problems;
}

/** A teacher is named and has a weight, or neither. */
function teacherProblems({ steps, teacher, weight_distil }: Session['sft']): Problem[] {
  const { sha256 } = teacher;
  if (sha256 === '') {
    const rest = { 'teacher.name': teacher.name, 'teacher.from': teacher.from, weight_distil };
    return Object.entries(rest)
      .filter(([, value]) => value !== '' && value !== 0)
      .map(([key, value]) => ({
        path: `sft.${key}`,
        value,
        expected: `${typeof value === 'number' ? '0' : 'nothing'}, because sft.teacher.sha256 names no teacher`,
      }));
  }
  if (!isSha256(sha256)) {
    return [{ path: 'sft.teacher.sha256', value: sha256, expected: 'a SHA-256 in 64 hexadecimal digits' }];
  }
  if (steps === 0)
    return [{ path: 'sft.steps', value: steps, expected: 'at least 1, because sft.teacher teaches there' }];
  if (weight_distil > 0) return [];
  return [
    { path: 'sft.weight_distil', value: weight_distil, expected: 'more than 0, because sft.teacher names a teacher' },
  ];
}

/**
 * Refuses a combination of settings that cannot work.
 * @throws InputError with the first problem.
 */
export function checkSession(session: Session, where = 'session'): void {
  const [problem] = sessionProblems(session);
  if (problem) throw settingError(problem, where);
}
