import { applySettings, withValue } from './edit-session';
import { presetSession } from './presets';
import { defaultSession, type Session } from './session';
import { BASE_SHAPE } from './session-checks';
import { leafAt } from './session-paths';

/** A session that starts from a model: its own shape is left out then, and stage 0, since the base is trained already. */
export function fromBase(session: Session, base: Session['model']['base']): Session {
  const settings: [string, unknown][] = [
    ...BASE_SHAPE.map((path): [string, unknown] => [path, leafAt(path)?.leaf.initial]),
    ['pretrain.steps', 0],
    ['model.base.sha256', base.sha256],
    ['model.base.name', base.name.slice(0, 120)],
    ['model.base.from', base.from.slice(0, 200)],
  ];
  return settings.reduce((changed, [path, value]) => withValue(changed, path, value), session);
}

/** What a session that adapts a base by LoRA begins with; nobody has measured better ones yet. */
const ADAPTED = [
  'model.adapter.rank=8',
  'model.adapter.alpha=16',
  'model.dtype=stored',
  'model.activations=recompute',
  'sft.mode=direct',
  'sft.steps=60',
  'sft.batch_size=8',
  'sft.topics_per_batch=8',
  'sft.learning_rate=0.0005',
  'sft.replay_weight=0',
  'evaluation.every=20',
  'evaluation.queries_per_depth=16',
  'evaluation.final_queries_per_depth=32',
  'checkpoint.every=20',
];

/** Tokens of a passage at the most: what activations are made for. */
const LONGEST = 128;

/**
 * LoRA on somebody's own documents: titles and crops find the documents that they come from.
 * @param corpus its hash.
 * @param context positions of the base.
 */
export function adaptSession(base: Session['model']['base'], corpus: string, context: number): Session {
  const text = withValue(presetSession('text') ?? defaultSession, 'task.corpus', corpus);
  const length = `model.max_position_embeddings=${Math.min(context, LONGEST)}`;
  return applySettings(fromBase(text, base), [...ADAPTED, length], 'adapt');
}
