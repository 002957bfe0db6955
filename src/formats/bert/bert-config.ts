import { checkBert, type BertArchitecture } from '../../config/bert';
import { number, refuseQuantized, refuseUnless } from '../huggingface-config';
import type { JsonObject } from '../json';

/** The values that `transformers` assumes where `config.json` leaves a key out (its `configuration_bert.py`). */
const DEFAULTS = { max_position_embeddings: 512, type_vocab_size: 2, layer_norm_eps: 1e-12 };

/**
 * Reads the `config.json` of a `bert` encoder. Keys that do not change the forward pass are ignored.
 * @param where the file's name, for messages.
 * @throws InputError for a shape that cannot be, or a feature that our layers lack.
 */
export function parseBertConfig(json: JsonObject, where: string): BertArchitecture {
  refuseUnless(json, 'hidden_act', 'gelu', where);
  refuseUnless(json, 'position_embedding_type', 'absolute', where);
  refuseUnless(json, 'is_decoder', false, where);
  refuseUnless(json, 'add_cross_attention', false, where);
  refuseQuantized(json, where);
  const hidden_size = number(json, 'hidden_size', where);
  const num_attention_heads = number(json, 'num_attention_heads', where);
  const architecture: BertArchitecture = {
    model_type: 'bert',
    vocab_size: number(json, 'vocab_size', where),
    hidden_size,
    intermediate_size: number(json, 'intermediate_size', where),
    num_hidden_layers: number(json, 'num_hidden_layers', where),
    num_attention_heads,
    head_dim: hidden_size / num_attention_heads,
    max_position_embeddings: number(json, 'max_position_embeddings', where, DEFAULTS.max_position_embeddings),
    type_vocab_size: number(json, 'type_vocab_size', where, DEFAULTS.type_vocab_size),
    layer_norm_eps: number(json, 'layer_norm_eps', where, DEFAULTS.layer_norm_eps),
  };
  checkBert(architecture, where);
  return architecture;
}
