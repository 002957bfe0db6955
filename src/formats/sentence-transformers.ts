import type { TokenizerFiles } from './huggingface';
import type { JsonObject } from './json';
import type { Tokenizer } from './tokenizer';

const json = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

const CLASSES = 'sentence_transformers.models';

/**
 * The files that make a folder in Hugging Face layout an embedder of `sentence-transformers`: pooling by the last token, in
 * the older form, which every version reads, then length 1. No prompt is the default, which would stand before documents
 * too.
 * @param width of the hidden state.
 * @param longest tokens of a text, special ones included.
 * @param query and @param document what stands before a text of that kind, as it is.
 */
export const sentenceTransformersFiles = ({
  width,
  longest,
  query,
  document,
}: {
  width: number;
  longest: number;
  query: string;
  document: string;
}): Map<string, Uint8Array> =>
  new Map([
    [
      'modules.json',
      json([
        { idx: 0, name: '0', path: '', type: `${CLASSES}.Transformer` },
        { idx: 1, name: '1', path: '1_Pooling', type: `${CLASSES}.Pooling` },
        { idx: 2, name: '2', path: '2_Normalize', type: `${CLASSES}.Normalize` },
      ]),
    ],
    [
      '1_Pooling/config.json',
      json({
        word_embedding_dimension: width,
        pooling_mode_cls_token: false,
        pooling_mode_mean_tokens: false,
        pooling_mode_max_tokens: false,
        pooling_mode_mean_sqrt_len_tokens: false,
        pooling_mode_weightedmean_tokens: false,
        pooling_mode_lasttoken: true,
        include_prompt: true,
      }),
    ],
    [
      'config_sentence_transformers.json',
      json({ prompts: { query, document }, default_prompt_name: null, similarity_fn_name: 'cosine' }),
    ],
    ['sentence_bert_config.json', json({ max_seq_length: longest, do_lower_case: false })],
  ]);

/**
 * The tokenizer, changed so that every text ends in the token that embeds, which stays there when a text is cut. Tokens
 * before a text stay.
 * @param embed the token's id, or all that follows a text, that one last.
 * @param keepsStart false where a prompt writes the BOS itself.
 */
export function endingIn(
  files: TokenizerFiles,
  tokenizer: Tokenizer,
  embed: number | readonly number[],
  keepsStart = true,
): TokenizerFiles {
  const around = tokenizer.encode('');
  const before = keepsStart ? around.slice(0, around.length - tokenizer.endTokenIds.length) : [];
  const after = typeof embed === 'number' ? [embed] : embed;
  const named = (id: number): string => tokenizer.token(id) ?? '';
  const special = (id: number): JsonObject => ({ SpecialToken: { id: named(id), type_id: 0 } });
  const text = (id: string): JsonObject => ({ Sequence: { id, type_id: 0 } });
  // The template says what these two said, and a class of its own would write the template again.
  const config = Object.fromEntries(
    Object.entries(files.config).filter(([key]) => key !== 'add_bos_token' && key !== 'add_eos_token'),
  );
  const padding = tokenizer.padTokenId ?? tokenizer.eosTokenId ?? after.at(-1) ?? 0;
  return {
    tokenizer: {
      ...files.tokenizer,
      post_processor: {
        type: 'TemplateProcessing',
        single: [...before.map(special), text('A'), ...after.map(special)],
        pair: [...before.map(special), text('A'), text('B'), ...after.map(special)],
        special_tokens: Object.fromEntries(
          [...new Set([...before, ...after])].map((id) => [
            named(id),
            { id: named(id), ids: [id], tokens: [named(id)] },
          ]),
        ),
      },
    },
    config: { ...config, tokenizer_class: 'PreTrainedTokenizerFast', pad_token: named(padding) },
  };
}
