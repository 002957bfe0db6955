import type { Architecture } from '../config/architecture';
import type { BertArchitecture } from '../config/bert';
import type { Dtype } from '../tensors/dtype';
import type { TensorSpec } from '../tensors/layout';
import type { WeightSource } from '../tensors/weight-source';
import type { EmbedderSettings } from './embedder-settings';
import type { TokenizerFiles } from './huggingface';
import type { JsonObject } from './json';
import type { ModelFiles } from './model-files';

/** What is known of any model whose headers were read and checked; its weights stay in its files. */
interface Opened {
  kind: 'huggingface' | 'gguf';
  weights: WeightSource;
  /** The dtype of one of our tensors, by its name in the layout: the file's where all its parts share one, else f16. */
  tensorDtype: (name: string) => Dtype;
  /** Bytes of its weights as they lie in the files. */
  bytes: number;
  /** The tokenizer's files; null where there is none. */
  tokenizer: TokenizerFiles | null;
  /**
   * Reads how its folder says that it embeds (`modules.json`); null where it says nothing.
   * @throws InputError for an unsupported way: such a model can still write.
   */
  embedder: () => Promise<EmbedderSettings | null>;
  licence: string | null;
  /** The files that it was opened from. */
  files: ModelFiles;
  /** Names of the files that make it what it is: its hash is of them, in this order. */
  parts: readonly string[];
  /**
   * SHA-256 of a file; of a folder, of the sorted hashes of its configuration, weights, tokenizer and template.
   * @param onProgress bytes that were hashed.
   */
  hash: (onProgress?: (bytes: number) => void) => Promise<string>;
}

/** A model that writes, and may embed. */
export interface OpenedModel extends Opened {
  arch: Architecture;
  /** Whether it can generate; false where an untied model came without its head, which then only embeds. */
  hasHead: boolean;
  chatTemplate: string | null;
  /** Ids that end a text; may be empty. */
  eosTokenIds: number[];
  /** `generation_config.json`. */
  generation: JsonObject | null;
}

/** A `bert` encoder: it embeds and does nothing else. Its folder, or what is assumed of it, says how. */
export interface OpenedEncoder extends Opened {
  arch: BertArchitecture;
}

export type AnyOpenedModel = OpenedModel | OpenedEncoder;

export const isEncoder = (opened: AnyOpenedModel): opened is OpenedEncoder => opened.arch.model_type === 'bert';

/** The dtype of each tensor of ours. Vectors are f32 wherever they come from. */
export function tensorDtypes(
  layout: readonly TensorSpec[],
  weights: Pick<WeightSource, 'dtypeOf'>,
): (name: string) => Dtype {
  const dtypes = new Map(
    layout.map(({ name, shape, parts }): [string, Dtype] => {
      if (shape.length === 1) return [name, 'f32'];
      const [first = 'f32', ...others] = parts.map((part) => weights.dtypeOf(part.name));
      return [name, others.every((dtype) => dtype === first) ? first : 'f16'];
    }),
  );
  return (name) => {
    const dtype = dtypes.get(name);
    if (dtype === undefined) throw new Error(`no tensor ${name} in this architecture`);
    return dtype;
  };
}
