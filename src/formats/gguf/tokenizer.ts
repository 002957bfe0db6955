import { writtenBpe } from '../bpe-model';
import { InputError } from '../../lib/errors';
import type { TokenizerFiles } from '../huggingface';
import { quote, type JsonObject } from '../json';
import { specialToken } from '../special-token';

// Reads the tokenizer in a GGUF file's metadata, as the files that `Tokenizer` loads.

/** Kinds of tokens in `tokenizer.ggml.token_type`. */
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;

/** Rows of the embedding that no text uses are filled up with such tokens by llama.cpp's converter. */
const FILLING = /^\[PAD\d+\]$/;

/** How a text is cut before merges, and what else belongs to a name of `tokenizer.ggml.pre`. */
interface Cut {
  normalizer: JsonObject | null;
  pre_tokenizer: JsonObject;
  /** Pieces that are tokens as a whole are not merged. */
  ignoresMerges?: boolean;
}

const byteLevel = (usesRegex: boolean): JsonObject => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: usesRegex,
});
const split = (regex: string): JsonObject => ({
  type: 'Split',
  pattern: { Regex: regex },
  behavior: 'Isolated',
  invert: false,
});
const sequence = (...pretokenizers: JsonObject[]): JsonObject => ({ type: 'Sequence', pretokenizers });

/** The pattern of Llama 3 and Qwen, which differ in how many digits stand together. */
const words = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

const GPT2: Cut = { normalizer: null, pre_tokenizer: byteLevel(true) };
const SINGLE_DIGITS: Cut = {
  normalizer: null,
  pre_tokenizer: sequence({ type: 'Digits', individual_digits: true }, byteLevel(true)),
};
const LLAMA_3: Cut = {
  normalizer: null,
  pre_tokenizer: sequence(split(words('\\p{N}{1,3}')), byteLevel(false)),
  ignoresMerges: true,
};
const QWEN_2: Cut = {
  normalizer: { type: 'NFC' },
  pre_tokenizer: sequence(split(words('\\p{N}')), byteLevel(false)),
};
/** llama.cpp's own, four patterns one after the other. */
const DEFAULT: Cut = {
  normalizer: null,
  pre_tokenizer: sequence(
    split('[\\p{P}$+<=>^~|]+'),
    split("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)"),
    split('\\p{N}+'),
    split('[0-9][0-9][0-9]'),
    byteLevel(false),
  ),
};

/** The cuts by llama.cpp's names; the patterns are those of the models' own tokenizer.json. */
const CUTS: ReadonlyMap<string, Cut> = new Map([
  ['default', DEFAULT],
  ['gpt-2', GPT2],
  ['olmo', GPT2],
  ['smollm', SINGLE_DIGITS],
  ['starcoder', SINGLE_DIGITS],
  ['llama-bpe', LLAMA_3],
  ['llama3', LLAMA_3],
  ['llama-v3', LLAMA_3],
  ['qwen2', QWEN_2],
  ['deepseek-r1-qwen', QWEN_2],
]);

/**
 * The tokenizer that a GGUF file holds, in the form of `tokenizer.json`.
 * @param metadata of the file's header, by its keys.
 * @returns null where the file holds none.
 * @throws InputError for a kind of tokenizer or a way to cut text (`tokenizer.ggml.pre`) that is not known: another way
 *   would give other tokens, and no error.
 */
export function ggufTokenizer(metadata: ReadonlyMap<string, unknown>, where: string): TokenizerFiles | null {
  const model = metadata.get('tokenizer.ggml.model');
  if (model === undefined || model === 'none') return null;
  const read = new Vocabulary(metadata, where);
  if (model === 'gpt2') return { tokenizer: byteLevelBpe(read), config: configOf(read) };
  if (model === 'llama') return { tokenizer: sentencePiece(read), config: configOf(read) };
  throw read.refused(`tokenizer.ggml.model is ${quote(model)}`, '"gpt2" or "llama"');
}

/** The lists of a header, checked. */
class Vocabulary {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
  /** The vocabulary without tokens that only fill up the embedding. */
  readonly vocab: Readonly<Record<string, number>>;

  constructor(
    private readonly metadata: ReadonlyMap<string, unknown>,
    private readonly where: string,
  ) {
    this.tokens = this.list('tokens', (value) => typeof value === 'string');
    this.types = metadata.has('tokenizer.ggml.token_type') ? this.numbers('token_type') : this.tokens.map(() => 1);
    const ids = new Map<string, number>();
    this.tokens.forEach((token, id) => {
      if (this.types[id] === UNUSED && FILLING.test(token)) return;
      if (ids.has(token)) throw this.refused(`tokenizer.ggml.tokens has ${quote(token)} twice`, 'every token once');
      ids.set(token, id);
    });
    this.vocab = Object.fromEntries(ids);
  }

  refused(what: string, expected: string): InputError {
    return new InputError(`${this.where}: ${what}, expected ${expected}`);
  }

  private list<T>(key: string, is: (value: unknown) => value is T): readonly T[] {
    const name = `tokenizer.ggml.${key}`;
    const values = this.metadata.get(name);
    if (!Array.isArray(values) || !values.every(is)) throw this.refused(`no ${name}`, `the list that its model needs`);
    return values;
  }

  strings = (key: string): readonly string[] => this.list(key, (value) => typeof value === 'string');

  /** One for each token. */
  numbers(key: string): readonly number[] {
    const values = this.list(key, (value) => typeof value === 'number');
    if (values.length === this.tokens.length) return values;
    throw this.refused(
      `tokenizer.ggml.${key} has ${values.length} entries`,
      `one for each of the ${this.tokens.length} tokens`,
    );
  }

  /** A token by the key of its id, or null. */
  named(key: string): string | null {
    const id = this.metadata.get(`tokenizer.ggml.${key}_token_id`);
    return typeof id === 'number' ? (this.tokens[id] ?? null) : null;
  }

  flag(key: string): boolean | null {
    const value = this.metadata.get(`tokenizer.ggml.${key}`);
    return typeof value === 'boolean' ? value : null;
  }

  get cut(): Cut {
    const name = this.metadata.get('tokenizer.ggml.pre');
    const found = typeof name === 'string' ? CUTS.get(name) : undefined;
    if (found) return found;
    const told = name === undefined ? 'no tokenizer.ggml.pre' : `tokenizer.ggml.pre is ${quote(name)}`;
    throw this.refused(told, `one of ${[...CUTS.keys()].join(', ')}, which say how text is cut into tokens`);
  }

  /** Tokens that are found in a text as they stand. */
  get added(): JsonObject[] {
    return this.tokens.flatMap((token, id) => {
      const type = this.types[id];
      if (type !== CONTROL && type !== USER_DEFINED) return [];
      return [{ ...specialToken(id, token), special: type === CONTROL }];
    });
  }
}

function configOf(read: Vocabulary): JsonObject {
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: read.named('bos'),
    eos_token: read.named('eos'),
    unk_token: read.named('unknown'),
    pad_token: read.named('padding'),
    // A BOS stands before a text only where the file says so: two tokenizers of one kind differ in it.
    add_bos_token: read.flag('add_bos_token') ?? false,
    add_eos_token: read.flag('add_eos_token') ?? false,
    clean_up_tokenization_spaces: false,
  };
}

/** The post-processor that adds special tokens around a text; Python reads it, and not the file's flags. */
function frame(read: Vocabulary): JsonObject | null {
  const before = read.flag('add_bos_token') === true ? read.named('bos') : null;
  const after = read.flag('add_eos_token') === true ? read.named('eos') : null;
  if (before === null && after === null) return null;
  const special = (token: string | null): JsonObject[] =>
    token === null ? [] : [{ SpecialToken: { id: token, type_id: 0 } }];
  const around = (...ids: string[]): JsonObject[] => [
    ...special(before),
    ...ids.map((id) => ({ Sequence: { id, type_id: 0 } })),
    ...special(after),
  ];
  const tokens = [before, after].filter((token) => token !== null);
  return {
    type: 'TemplateProcessing',
    single: around('A'),
    pair: around('A', 'B'),
    special_tokens: Object.fromEntries(
      tokens.map((token) => [token, { id: token, ids: [read.vocab[token]], tokens: [token] }]),
    ),
  };
}

const root = (read: Vocabulary, parts: JsonObject): JsonObject => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: read.added,
  post_processor: frame(read),
  ...parts,
});

function byteLevelBpe(read: Vocabulary): JsonObject {
  const { normalizer, pre_tokenizer, ignoresMerges = false } = read.cut;
  return root(read, {
    normalizer,
    pre_tokenizer,
    decoder: byteLevel(true),
    model: writtenBpe({
      ignore_merges: ignoresMerges,
      vocab: read.vocab,
      merges: read.strings('merges').map((merge) => merge.split(' ')),
    }),
  });
}

/** The BPE model of a SentencePiece vocabulary, whose order of merges follows from the scores of the merged tokens. */
function sentencePiece(read: Vocabulary): JsonObject {
  const prefix = read.flag('add_space_prefix') ?? true;
  const replace: JsonObject = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  return root(read, {
    normalizer: {
      type: 'Sequence',
      normalizers: prefix ? [{ type: 'Prepend', prepend: '▁' }, replace] : [replace],
    },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(prefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: writtenBpe({
      unk_token: read.named('unknown'),
      fuse_unk: true,
      byte_fallback: true,
      vocab: read.vocab,
      merges: mergesByScore(read),
    }),
  });
}

/**
 * The merges as `transformers` makes them from a SentencePiece model: the highest score first, of equal ones the
 * longest left part.
 */
function mergesByScore(read: Vocabulary): string[][] {
  const scores = read.numbers('scores');
  const ids = new Map(Object.entries(read.vocab));
  const merges: { left: string; right: string; score: number }[] = [];
  for (const [token, id] of ids) {
    if (read.types[id] !== 1 && read.types[id] !== USER_DEFINED) continue;
    const characters = Array.from(token);
    const local: typeof merges = [];
    for (let at = 1; at < characters.length; at++) {
      const left = characters.slice(0, at).join('');
      const right = characters.slice(at).join('');
      if (ids.has(left) && ids.has(right)) local.push({ left, right, score: scores[id]! });
    }
    local.sort((a, b) => ids.get(a.left)! - ids.get(b.left)! || ids.get(a.right)! - ids.get(b.right)!);
    merges.push(...local);
  }
  const length = (text: string): number => Array.from(text).length;
  merges.sort((a, b) => b.score - a.score || length(b.left) - length(a.left) || length(b.right) - length(a.right));
  return merges.map(({ left, right }) => [left, right]);
}
