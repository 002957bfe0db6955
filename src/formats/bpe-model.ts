import type { JsonObject } from './json';

/** The parts in which tokenizers of the model BPE differ. */
interface BpeModelParts {
  vocab: JsonObject;
  merges: readonly (readonly string[])[];
  unk_token?: string | null;
  fuse_unk?: boolean;
  byte_fallback?: boolean;
  ignore_merges?: boolean;
}

/** The `model` of a `tokenizer.json` of the kind BPE, without dropout, prefix or suffix. */
export const writtenBpe = (parts: BpeModelParts) => ({
  type: 'BPE',
  dropout: null,
  unk_token: parts.unk_token ?? null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: parts.fuse_unk ?? false,
  byte_fallback: parts.byte_fallback ?? false,
  ignore_merges: parts.ignore_merges ?? false,
  vocab: parts.vocab,
  merges: parts.merges,
});
