import type { Architecture } from '../src/config/architecture';
import { writeCheckpoint } from '../src/formats/huggingface';
import { wordLevelTokenizer } from '../src/formats/word-level';
import { Random } from '../src/lib/philox';
import { checkpointTensors } from '../src/tensors/layout';

/** Words of the documents that journeys search, and the token that embeds. */
const WORDS = ['<unk>', '<|embed_token|>', ...'lift of a wing in slipstream heat flow composite slabs boundary layer on flat plate'.split(' ')]; // prettier-ignore

/** The shape of a small qwen3. */
export const smallShape = (vocab_size: number, intermediate_size: number): Architecture => ({
  model_type: 'qwen3',
  vocab_size,
  hidden_size: 32,
  intermediate_size,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 16,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-6,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  attention_bias: false,
});

/** The files of a small checkpoint with random weights in f16, a tokenizer, a chat template and a licence. */
export function smallCheckpoint(seed = 1, words: readonly string[] = WORDS): Map<string, Uint8Array> {
  const arch = smallShape(words.length, 48);
  const random = new Random(seed, 'init');
  const weights = checkpointTensors(arch).map(({ name, shape, length }): [string, Float32Array] => [
    name,
    Float32Array.from({ length }, () => (shape.length === 1 ? 1 : random.normal() / 6)),
  ]);
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  return new Map([
    ...writeCheckpoint(arch, new Map(weights), { tokenizer: wordLevelTokenizer(words, '<unk>'), dtype: 'F16' }),
    ['README.md', text('---\nlicense: apache-2.0\n---\n# Small\n')],
    ['chat_template.jinja', text("{% for message in messages %}\n{{ message['content'] }}\n{% endfor %}")],
  ]);
}
