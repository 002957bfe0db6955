import type { Architecture } from '../config/architecture';
import type { Session } from '../config/session';
import { sessionArchitecture } from '../config/session-checks';
import { writeCheckpoint } from '../formats/huggingface';
import { peftBase, peftFiles } from '../formats/peft-files';
import { InputError } from '../lib/errors';
import { joined } from '../lib/joined';
import type { Task } from '../tasks/task';
import { TensorTable } from '../tensors/table';
import { checkBase, type Base } from './base';
import { taskTokenizer } from './task-tokenizer';

/**
 * A session's model as the files of a Hugging Face folder, by name: config, weights (f32) and tokenizer; or its adapter as
 * those of PEFT. Needs no device.
 * @param pages what is trained, as a state keeps it; how an adapter's limits cut it into pages does not matter.
 * @param base the model that the session starts from, where it names one.
 * @throws InputError where they are not the weights of this session's model, or its base is missing.
 */
export function checkpointFiles(
  session: Session,
  task: Task,
  pages: readonly Float32Array[],
  base: Base | null = null,
): Map<string, Uint8Array> {
  checkBase(session, base);
  const adapter = base?.adapter ?? null;
  const architecture = base?.opened.arch ?? sessionArchitecture(session, task.vocabulary.length);
  const table = new TensorTable(architecture, { blockBytes: Infinity, adapter });
  const trained = table.tensors.filter(({ group }) => group === 'trained');
  // Wherever they were cut, every block of a tensor starts where the padding of the one before it ended.
  const values = pages.length === 1 ? pages[0]! : joined(pages, Float32Array);
  const expected = table.pages.reduce((sum, { group, bytes }) => sum + (group === 'trained' ? bytes : 0), 0) / 4;
  if (values.length !== expected) {
    throw new InputError(
      `the kept model: ${values.length} numbers, expected ${expected}, those of its session's model`,
    );
  }
  const tensors = new Map(
    trained.flatMap(({ parts, blocks }) =>
      parts.map(({ name, shape, at, length }) => {
        const start = blocks[0]!.offset / 4 + at;
        return [name, { shape, data: values.subarray(start, start + length) }] as const;
      }),
    ),
  );
  if (adapter) return peftFiles(adapter, tensors, peftBase(session.model.base));
  const whole = new Map([...tensors].map(([name, { data }]) => [name, data]));
  if (base) {
    const { tokenizer, chatTemplate } = base.opened;
    const files = writeCheckpoint(architecture, whole, { tokenizer, ids: { eos_token_id: base.embed } });
    if (chatTemplate !== null) files.set('chat_template.jinja', new TextEncoder().encode(chatTemplate));
    return files;
  }
  const embed = task.vocabulary.indexOf(task.specials.embed);
  return writeCheckpoint(plain(architecture), whole, {
    tokenizer: taskTokenizer(task),
    ids: { eos_token_id: embed },
  });
}

/**
 * An architecture without what only a session says beside the shape: `transformers` refuses an `initializer_range` of
 * 0.
 */
const plain = (a: Architecture): Architecture => ({
  model_type: a.model_type,
  vocab_size: a.vocab_size,
  hidden_size: a.hidden_size,
  intermediate_size: a.intermediate_size,
  num_hidden_layers: a.num_hidden_layers,
  num_attention_heads: a.num_attention_heads,
  num_key_value_heads: a.num_key_value_heads,
  head_dim: a.head_dim,
  max_position_embeddings: a.max_position_embeddings,
  rms_norm_eps: a.rms_norm_eps,
  rope_theta: a.rope_theta,
  ...(a.rope_scaling ? { rope_scaling: a.rope_scaling } : {}),
  tie_word_embeddings: a.tie_word_embeddings,
  attention_bias: a.attention_bias,
});
