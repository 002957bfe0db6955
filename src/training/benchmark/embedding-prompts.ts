import { EMBED_TOKEN } from '../../formats/embed-token';
import type { EmbedderSettings } from '../../formats/embedder-settings';
import type { Tokenizer } from '../../formats/tokenizer';
import { InputError } from '../../lib/errors';
import type { Pooling } from '../../records/pooling';
import { passageSpans } from '../../retrieval/passages';

const THINK_WORD = '<think>';
const DIRECT_WORD = '<direct>';

/**
 * The token whose final hidden state embeds a text, of a tokenizer by itself: the embed token where it has one, else the
 * special token with which it ends a text, as embedders of the field are trained, else the end of sequence.
 */
export const embedTokenOf = (tokenizer: Tokenizer): number | null =>
  tokenizer.tokenId(EMBED_TOKEN) ?? tokenizer.endTokenIds.at(-1) ?? tokenizer.eosTokenId;

/** Texts as a model reads them. */
export interface Prompts {
  sequences: number[][];
  /** Texts that were longer than the context and lost their end. */
  truncated: number;
}

/** Texts as a model reads them, the long ones in several passages. */
export interface Passages {
  sequences: number[][];
  /** The text that each sequence is of, ascending. */
  owners: Int32Array;
  /** Texts that were longer than the context. */
  split: number;
  /** Of an encoder: texts that were longer, and lost their end. */
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
   * Whose final hidden state is the embedding: the embed token where the model was trained with one, else the special
   * token with which the tokenizer itself ends a text, as embedders of the field are trained, else the end of sequence.
   * Of a folder of sentence-transformers the token with which its tokenizer ends a text; null where it ends none: then a
   * text's own last token embeds it. Null of an encoder, too, whose embedding is no single token's, or the first's.
   */
  readonly embedId: number | null;
  /** What of a text's hidden states becomes its embedding. */
  readonly pooling: Pooling;
  /** What a text that is embedded at once ends in. */
  private readonly end: readonly number[];
  private readonly think: number | null;
  private readonly atOnce: number | null;

  /**
   * @param positions of the model.
   * @param where the tokenizer's folder, for the message.
   * @param settings how its folder says that it embeds, with prompts for queries and documents.
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

  /** @throws InputError where no token of its own embeds a text, so that no reasoning would end. */
  get embed(): number {
    if (this.embedId !== null) return this.embedId;
    throw new InputError(
      `${this.where}: embeds a text ${WAYS[this.pooling]}, expected a token that ends a text for reasoning to end in`,
    );
  }

  /** The embed token as it stands in the vocabulary; null where none of its own embeds a text. */
  get embedToken(): string | null {
    return this.embedId === null ? null : this.tokenizer.token(this.embedId);
  }

  /** Whether it has both the word that asks for reasoning and the token that ends it, as models of this lab do. */
  get wasTaughtToReason(): boolean {
    return this.think !== null && this.embedId !== null && this.embedToken === EMBED_TOKEN;
  }

  /** What stands before a text of a kind, as its folder says. */
  prompt(kind: 'query' | 'document'): string {
    return this.settings?.[kind] ?? '';
  }

  /** What its user is to know of how the folder embeds, a sentence each. */
  get notices(): readonly string[] {
    return this.settings?.notices ?? [];
  }

  /** A document and what it ends in, at most the context together. */
  direct(texts: readonly string[]): Prompts {
    return this.closed(this.after('document', texts), this.end);
  }

  /** Queries to be embedded at once: text, direct word where the model knows one, and what it ends in. */
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
   * Query and think word, with room for the embed token at least.
   * @throws InputError where there is no embed token for reasoning to end in.
   */
  reasoning(texts: readonly string[]): Prompts {
    const { embed, think } = this;
    const ends = think === null ? [] : [think];
    return this.closed(this.after('query', texts), ends, [embed].length);
  }

  /**
   * Documents to be embedded at once, those that do not fit in overlapping passages of like length, each with the BOS where
   * the tokenizer has one, and the document's prompt. A text's score is that of its best passage. An encoder's documents lose
   * their end in place of that, as sentence-transformers gives them to it.
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
