import { InputError } from '../lib/errors';
import type { TokenizerFiles } from './huggingface';
import { quote } from './json';
import { specialToken } from './special-token';

export interface WordLevelOptions {
  /** Words that decoding leaves out and that need no white space around them; where absent, those like `<…>`. */
  special?: readonly string[];
  /** Put before every text. */
  bos?: string;
  eos?: string;
  /** `<pad>` where absent and among the words. */
  pad?: string;
}

/**
 * A tokenizer that splits at white space and knows a fixed list of words: the two files that `transformers` and
 * `Tokenizer` load. (Beside a `config.json` of a qwen2, `AutoTokenizer` of `transformers` 5 takes its own class whatever
 * the files say; `PreTrainedTokenizerFast.from_pretrained` loads them there too. Llama and qwen3 have no such trouble.)
 * @param words the vocabulary; a word's place is its id.
 * @param unk the word that stands for every other one.
 * @throws InputError for a word twice or with white space, or a named token that is not among the words.
 */
export function wordLevelTokenizer(
  words: readonly string[],
  unk: string,
  { special = words.filter((word) => /^<.+>$/.test(word)), bos, eos, pad }: WordLevelOptions = {},
): TokenizerFiles {
  const ids = new Map<string, number>();
  for (const word of words) {
    if (!/^\S+$/.test(word))
      throw new InputError(`vocabulary: word ${quote(word)}, expected words without white space`);
    if (ids.has(word)) throw new InputError(`vocabulary: word ${quote(word)} twice, expected every word once`);
    ids.set(word, ids.size);
  }
  const idOf = (token: string): number => {
    const id = ids.get(token);
    if (id === undefined) throw new InputError(`vocabulary: no ${quote(token)}, expected it among the words`);
    return id;
  };
  const padToken = pad ?? (ids.has('<pad>') ? '<pad>' : undefined);
  const named = [unk, bos, eos, padToken].filter((token) => token !== undefined);
  const added = [...new Set([...special, ...named])].map((content) => specialToken(idOf(content), content));
  added.sort((a, b) => a.id - b.id);
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added,
      normalizer: null,
      pre_tokenizer: { type: 'WhitespaceSplit' },
      post_processor: bos === undefined ? null : prepend(bos, idOf(bos)),
      decoder: null,
      model: { type: 'WordLevel', vocab: Object.fromEntries(ids), unk_token: unk },
    },
    config: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      unk_token: unk,
      ...(bos === undefined ? {} : { bos_token: bos, add_bos_token: true }),
      ...(eos === undefined ? {} : { eos_token: eos }),
      ...(padToken === undefined ? {} : { pad_token: padToken }),
      clean_up_tokenization_spaces: false,
    },
  };
}

/** `TemplateProcessing` that puts one token before a text. */
function prepend(token: string, id: number): object {
  const before = { SpecialToken: { id: token, type_id: 0 } };
  const text = (name: 'A' | 'B'): object => ({ Sequence: { id: name, type_id: name === 'A' ? 0 : 1 } });
  return {
    type: 'TemplateProcessing',
    single: [before, text('A')],
    pair: [before, text('A'), text('B')],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  };
}
