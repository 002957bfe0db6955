import { EMBED_TOKEN } from '../../formats/embed-token';
import type { EmbedderSettings } from '../../formats/embedder-settings';
import type { Tokenizer } from '../../formats/tokenizer';
import { InputError } from '../../lib/errors';
import type { Pooling } from '../../records/pooling';
import { passageSpans } from '../../retrieval/passages';
import { THINK } from '../text-reader';

const THINK_WORD = '<think>';
const DIRECT_WORD = '<direct>';

/**
 * The token at whose final hidden state a tokenizer's model embeds a text: the embed token where it has one, else the
 * special token with which it ends a text, as embedders of the field are trained, else the end of sequence; null where
 * it has none of these.
 */
export const embedTokenOf = (tokenizer: Tokenizer): number | null =>
  tokenizer.tokenId(EMBED_TOKEN) ?? tokenizer.endTokenIds.at(-1) ?? tokenizer.eosTokenId;

/** Texts as token sequences that a model reads. */
export interface Prompts {
  sequences: number[][];
  /** Number of texts that were longer than the context and lost their end. */
  truncated: number;
}

/** Texts as token sequences that a model reads, long ones in several passages. */
export interface Passages {
  sequences: number[][];
  /** The text that each sequence belongs to, ascending. */
  owners: Int32Array;
  /** Number of texts that were longer than the context and were split. */
  split: number;
  /**
   * Number of texts that were longer than an encoder's context and lost their end; 0 for a decoder, which splits them.
   */
  truncated: number;
}

const WAYS: Readonly<Record<Pooling, string>> = {
  lasttoken: 'at its own last token',
  cls: 'at its first token',
  mean: 'by the mean of all its tokens',
};

/** Turns texts into what a model embeds, or reasons about before it embeds. */
export class EmbeddingPrompts {
  /** The most tokens of a sequence: the model's positions, or fewer where its folder says so. */
  readonly context: number;
  /**
   * The token whose final hidden state is the embedding: the embed token where the model was trained with one, else the
   * special token with which the tokenizer ends a text, as embedders of the field are trained, else the end of
   * sequence. For a sentence-transformers folder it is the token with which its tokenizer ends a text. Null where a
   * text's own last token embeds it, and for an encoder, whose embedding is pooled or its first token's.
   */
  readonly embedId: number | null;
  /** How the hidden states of a text become its embedding. */
  readonly pooling: Pooling;
  /** The tokens that are added to a text that is embedded at once. */
  private readonly end: readonly number[];
  private readonly think: number | null;
  private readonly atOnce: number | null;

  /**
   * @param positions the model's number of positions.
   * @param where the tokenizer's folder, for messages.
   * @param settings how the folder says that it embeds, with its prompts for queries and documents.
   * @throws InputError where the tokenizer has neither an embed token nor an end of sequence.
   */
  constructor(
    private readonly tokenizer: Tokenizer,
    positions: number,
    private readonly where: string,
    private readonly settings: EmbedderSettings | null = null,
  ) {
    this.context = Math.min(positions, settings?.longest ?? positions);
    this.pooling = settings?.pooling ?? 'lasttoken';
    const own = this.pooling === 'lasttoken' ? (tokenizer.endTokenIds.at(-1) ?? null) : null;
    const embed = settings ? own : embedTokenOf(tokenizer);
    if (embed === null && !settings) {
      throw new InputError(`${where}/tokenizer.json: no ${EMBED_TOKEN}, expected that token or an eos_token`);
    }
    this.embedId = embed;
    this.end = settings ? tokenizer.endTokenIds : [embed].filter((id) => id !== null);
    this.think = settings ? null : tokenizer.tokenId(THINK_WORD);
    this.atOnce = settings ? null : tokenizer.tokenId(DIRECT_WORD);
  }

  /**
   * The token that ends a reasoning.
   * @throws InputError where the tokenizer has none, so that no reasoning would end.
   */
  get embed(): number {
    if (this.embedId !== null) return this.embedId;
    throw new InputError(
      `${this.where}: embeds a text ${WAYS[this.pooling]}, expected a token that ends a text for reasoning to end in`,
    );
  }

  /** The embed token's string in the vocabulary; null where a text's own last token embeds it. */
  get embedToken(): string | null {
    return this.embedId === null ? null : this.tokenizer.token(this.embedId);
  }

  /**
   * Whether the tokenizer has both the word that asks for reasoning and the token that ends it, as models of this lab
   * do.
   */
  get wasTaughtToReason(): boolean {
    return this.think !== null && this.embedId !== null && this.embedToken === EMBED_TOKEN;
  }

  /** The folder's prompt for a kind of text, which is put before it. */
  prompt(kind: 'query' | 'document'): string {
    return this.settings?.[kind] ?? '';
  }

  /** What the user should know of how the folder embeds, one sentence each. */
  get notices(): readonly string[] {
    return this.settings?.notices ?? [];
  }

  /** Documents with the tokens that end them, each cut to the context. */
  direct(texts: readonly string[]): Prompts {
    return this.closed(this.after('document', texts), this.end);
  }

  /** Queries to be embedded at once: text, direct word where the model knows one, and the tokens that end it. */
  directQueries(texts: readonly string[]): Prompts {
    const { end, atOnce, think, tokenizer } = this;
    if (atOnce === null) return this.closed(this.after('query', texts), end);
    // A query that says itself how it is to be answered is left as it is.
    const says = (text: string): boolean => think !== null && tokenizer.encode(text).at(-1) === think;
    const parts = texts.map((text) => this.closed([text], says(text) ? end : [atOnce, ...end]));
    return {
      sequences: parts.flatMap(({ sequences }) => sequences),
      truncated: parts.reduce((sum, { truncated }) => sum + truncated, 0),
    };
  }

  /**
   * Queries with what asks for reasoning, cut so that at least the embed token has room: the think word where the
   * tokenizer has one, else the words that asked a pre-trained base for it when it was trained here.
   * @throws InputError where there is no embed token that could end the reasoning.
   */
  reasoning(texts: readonly string[]): Prompts {
    const { embed, think } = this;
    const ends = think === null ? this.tokenizer.encode(THINK, { specialTokens: false }) : [think];
    return this.closed(this.after('query', texts), ends, [embed].length);
  }

  /**
   * Documents to be embedded at once. Those that do not fit become overlapping passages of similar length, each with
   * the BOS where the tokenizer has one, and the document's prompt; a text's score is that of its best passage. An
   * encoder's documents lose their end instead, as in sentence-transformers.
   */
  passages(texts: readonly string[]): Passages {
    if (this.pooling !== 'lasttoken') {
      return { ...this.direct(texts), owners: Int32Array.from(texts.keys()), split: 0 };
    }
    const { end, tokenizer } = this;
    const limit = Math.max(0, this.context - end.length);
    const prompt = this.prompt('document');
    const opening = prompt === '' ? [] : this.open(prompt);
    const sequences: number[][] = [];
    const owners: number[] = [];
    let split = 0;
    this.after('document', texts).forEach((text, owner) => {
      const ids = this.open(text);
      let start = ids.length > 0 && ids[0] === tokenizer.bosTokenId ? 1 : 0;
      while (start < opening.length && ids[start] === opening[start]) start++;
      const head = ids.slice(0, Math.min(start, Math.max(0, limit - 1)));
      const spans = passageSpans(ids.length - head.length, Math.max(1, limit - head.length));
      if (spans.length > 1) split++;
      for (const [from, to] of spans) {
        sequences.push([...head, ...ids.slice(head.length + from, head.length + to), ...end]);
        owners.push(owner);
      }
    });
    return { sequences, owners: Int32Array.from(owners), split, truncated: 0 };
  }

  private after(kind: 'query' | 'document', texts: readonly string[]): readonly string[] {
    const prompt = this.prompt(kind);
    return prompt === '' ? texts : texts.map((text) => prompt + text);
  }

  /** @param end what a text ends in, added where it does not yet; @param room tokens of the context left free. */
  private closed(texts: readonly string[], end: readonly number[], room = 0): Prompts {
    let truncated = 0;
    const limit = Math.max(0, this.context - room - end.length);
    const sequences = texts.map((text) => {
      const ids = this.open(text);
      if (!this.settings && end.length > 0 && ids.at(-1) === end[0]) ids.pop();
      if (ids.length > limit) truncated++;
      return [...ids.slice(0, limit), ...end];
    });
    return { sequences, truncated };
  }

  /** A text's ids, without what the tokenizer ends a text with and without an embed token that the text ends in. */
  private open(text: string): number[] {
    const { tokenizer, embedId } = this;
    const ids = tokenizer.encode(text);
    ids.length -= tokenizer.endTokenIds.length;
    // Where more than that token follows a text, the text's own end is the text's.
    const isPlain = !this.settings || tokenizer.endTokenIds.length < 2;
    if (embedId !== null && isPlain && ids.at(-1) === embedId) ids.pop();
    return ids;
  }
}
