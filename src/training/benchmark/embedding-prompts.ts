import type { Tokenizer } from '../../formats/tokenizer';
import { InputError } from '../../lib/errors';
import { passageSpans } from '../../retrieval/passages';

const EMBED_TOKEN = '<|embed_token|>';
const THINK_WORD = '<think>';
const DIRECT_WORD = '<direct>';

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
}

/** Turns texts into what a model embeds, or reasons about before it embeds. */
export class EmbeddingPrompts {
  /**
   * Whose final hidden state is the embedding: the embed token where the model was trained with one, else the special
   * token with which the tokenizer itself ends a text, as embedders of the field are trained, else the end of sequence.
   */
  readonly embed: number;
  private readonly think: number | null;
  private readonly atOnce: number | null;

  /**
   * @param context positions of the model.
   * @param where the tokenizer's folder, for the message.
   * @throws InputError where the tokenizer has neither an embed token nor an end of sequence.
   */
  constructor(
    private readonly tokenizer: Tokenizer,
    readonly context: number,
    where: string,
  ) {
    const embed = tokenizer.tokenId(EMBED_TOKEN) ?? tokenizer.endTokenIds.at(-1) ?? tokenizer.eosTokenId;
    if (embed === null) {
      throw new InputError(`${where}/tokenizer.json: no ${EMBED_TOKEN}, expected that token or an eos_token`);
    }
    this.embed = embed;
    this.think = tokenizer.tokenId(THINK_WORD);
    this.atOnce = tokenizer.tokenId(DIRECT_WORD);
  }

  /** The embed token as it stands in the vocabulary. */
  get embedToken(): string {
    return this.tokenizer.token(this.embed) ?? '';
  }

  /** Text and embed token, at most the context together. */
  direct(texts: readonly string[]): Prompts {
    return this.closed(texts, [this.embed]);
  }

  /** Queries to be embedded at once: text, direct word where the model knows one, and embed token. */
  directQueries(texts: readonly string[]): Prompts {
    const { embed, atOnce, think, tokenizer } = this;
    if (atOnce === null) return this.direct(texts);
    // A query that says itself how it is to be answered is left as it is.
    const says = (text: string): boolean => think !== null && tokenizer.encode(text).at(-1) === think;
    const parts = texts.map((text) => this.closed([text], says(text) ? [embed] : [atOnce, embed]));
    return {
      sequences: parts.flatMap(({ sequences }) => sequences),
      truncated: parts.reduce((sum, { truncated }) => sum + truncated, 0),
    };
  }

  /** Text and think word, with room for the embed token at least. */
  reasoning(texts: readonly string[]): Prompts {
    return this.closed(texts, this.think === null ? [] : [this.think], 1);
  }

  /**
   * Texts to be embedded at once, those that do not fit in overlapping passages of like length, each with the BOS where
   * the tokenizer has one. A text's score is that of its best passage.
   */
  passages(texts: readonly string[]): Passages {
    const { embed, tokenizer } = this;
    const limit = Math.max(0, this.context - 1);
    const sequences: number[][] = [];
    const owners: number[] = [];
    let split = 0;
    texts.forEach((text, owner) => {
      const ids = this.open(text);
      const head = ids.length > 0 && ids[0] === tokenizer.bosTokenId ? ids.slice(0, 1) : [];
      const spans = passageSpans(ids.length - head.length, Math.max(1, limit - head.length));
      if (spans.length > 1) split++;
      for (const [from, to] of spans) {
        sequences.push([...head, ...ids.slice(head.length + from, head.length + to), embed]);
        owners.push(owner);
      }
    });
    return { sequences, owners: Int32Array.from(owners), split };
  }

  /** @param end what a text ends in, added where it does not yet; @param room tokens of the context left free. */
  private closed(texts: readonly string[], end: readonly number[], room = 0): Prompts {
    let truncated = 0;
    const limit = Math.max(0, this.context - room - end.length);
    const sequences = texts.map((text) => {
      const ids = this.open(text);
      if (ids.at(-1) === end[0]) ids.pop();
      if (ids.length > limit) truncated++;
      return [...ids.slice(0, limit), ...end];
    });
    return { sequences, truncated };
  }

  /** A text's ids, without what the tokenizer ends a text with and without an embed token that the text ends in. */
  private open(text: string): number[] {
    const { tokenizer, embed } = this;
    const ids = tokenizer.encode(text);
    ids.length -= tokenizer.endTokenIds.length;
    if (ids.at(-1) === embed) ids.pop();
    return ids;
  }
}
