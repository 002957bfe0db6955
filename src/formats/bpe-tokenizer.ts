import type { Bpe } from '../tokenizer/bpe';
import { writtenBpe } from './bpe-model';
import type { TokenizerFiles } from './huggingface';
import { specialToken } from './special-token';

/**
 * A byte-level BPE as the two files that `transformers` and `Tokenizer` load.
 * @param eos the special token that ends a text; @param pad and @param unk others of them.
 */
export function bpeTokenizer(bpe: Bpe, { eos, pad, unk }: { eos: string; pad: string; unk: string }): TokenizerFiles {
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: bpe.special.map((content, id) => specialToken(id, content)),
      normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Lowercase' }] },
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      post_processor: null,
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: writtenBpe({
        vocab: Object.fromEntries(bpe.vocabulary.map((token, id) => [token, id])),
        merges: bpe.merges,
      }),
    },
    config: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      eos_token: eos,
      pad_token: pad,
      unk_token: unk,
      clean_up_tokenization_spaces: false,
    },
  };
}
