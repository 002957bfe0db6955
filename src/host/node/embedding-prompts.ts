import { InputError } from '../../lib/errors';
import { tokenizerOf, type LoadedCheckpoint } from './checkpoint';

const EMBED_TOKEN = '<|embed_token|>';
const THINK_WORD = '<think>';

/** Texts as a model reads them. */
export interface Prompts {
  sequences: number[][];
  /** Texts that were longer than the context and lost their end. */
  truncated: number;
}

/** Turns texts into what a checkpoint embeds, or reasons about before it embeds. */
export class EmbeddingPrompts {
  /** Whose final hidden state is the embedding. */
  readonly embed: number;
  readonly context: number;
  private readonly think: number | null;
  private readonly tokenizer: ReturnType<typeof tokenizerOf>;

  /** @throws InputError where the tokenizer has neither an embed token nor an end of sequence. */
  constructor({ folder, ...checkpoint }: LoadedCheckpoint) {
    this.tokenizer = tokenizerOf({ folder, ...checkpoint });
    const embed = this.tokenizer.tokenId(EMBED_TOKEN) ?? this.tokenizer.eosTokenId;
    if (embed === null) {
      throw new InputError(`${folder}/tokenizer.json: no ${EMBED_TOKEN}, expected that token or an eos_token`);
    }
    this.embed = embed;
    this.think = this.tokenizer.tokenId(THINK_WORD);
    this.context = checkpoint.arch.max_position_embeddings;
  }

  /** Text and embed token, at most the context together. */
  direct(texts: readonly string[]): Prompts {
    return this.closed(texts, [this.embed]);
  }

  /** Text and think word, with room for the embed token at least. */
  reasoning(texts: readonly string[]): Prompts {
    return this.closed(texts, this.think === null ? [] : [this.think], 1);
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

  /** A text's ids, without the end of sequence that some tokenizers put after it. */
  private open(text: string): number[] {
    const { tokenizer, embed } = this;
    const ids = tokenizer.encode(text);
    const last = ids.at(-1);
    if (ids.length > 0 && (last === embed || last === tokenizer.eosTokenId)) ids.pop();
    return ids;
  }
}
