import { InputError } from '../lib/errors';
import { checkPositive } from './architecture';

/** The shape of a `bert` encoder, under the names of Hugging Face's `config.json`. It embeds texts; it is not trained here. */
export interface BertArchitecture {
  model_type: 'bert';
  vocab_size: number;
  hidden_size: number;
  intermediate_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  head_dim: number;
  max_position_embeddings: number;
  type_vocab_size: number;
  layer_norm_eps: number;
}

const positiveIntegers = [
  'vocab_size',
  'hidden_size',
  'intermediate_size',
  'num_hidden_layers',
  'num_attention_heads',
  'max_position_embeddings',
  'type_vocab_size',
] as const;

/**
 * Refuses a shape that no such encoder can have.
 * @param where the file's name, for the message.
 * @throws InputError with the field, its value and what was expected.
 */
export function checkBert(a: BertArchitecture, where: string): void {
  checkPositive(a, positiveIntegers, where);
  if (a.hidden_size % a.num_attention_heads !== 0) {
    throw new InputError(
      `${where}: hidden_size is ${a.hidden_size}, expected a multiple of num_attention_heads (${a.num_attention_heads})`,
    );
  }
  if (a.head_dim % 2 !== 0 || a.head_dim > 256) {
    throw new InputError(`${where}: heads of ${a.head_dim} channels, expected an even number of at most 256`);
  }
  if (!(a.layer_norm_eps > 0 && a.layer_norm_eps < 1)) {
    throw new InputError(`${where}: layer_norm_eps is ${a.layer_norm_eps}, expected a number between 0 and 1`);
  }
}
