import type { Session } from '../config/session';
import { ChatTemplate } from '../formats/chat/chat-template';
import { PromptWriter, type WrittenPrompt } from '../formats/chat/prompt-writer';
import { embedTokenChoices, withEmbedToken, type EmbedTokenChoice } from '../formats/embed-token';
import type { OpenedModel } from '../formats/opened-model';
import type { Tokenizer } from '../formats/tokenizer';
import { InputError, inputSentence } from '../lib/errors';
import { embedTokenOf } from './benchmark/embedding-prompts';
import { openedTokenizer } from './opened-model';
import { THINK } from './text-reader';

/** The prompts, token and texts that a preview is requested for. */
export interface PromptsAsked {
  prompts: Session['prompts'];
  /** `model.adapter.embed_token`; empty for the base's own. */
  embedToken: string;
  /** Positions that a text may take. */
  context: number;
  /** Texts that the prompts are shown with. */
  query: string;
  document: string;
}

export interface ShownToken {
  id: number;
  /** The token's string in the vocabulary. */
  piece: string;
  /** The token's text, decoded by itself. */
  text: string;
  embeds: boolean;
}

/** A text as the model reads it, or the sentence that says why it cannot. */
export type ShownPrompt =
  | { error: null; pieces: WrittenPrompt['pieces']; tokens: readonly ShownToken[]; truncated: boolean; notices: readonly string[] }
  | { error: string }; // prettier-ignore

export interface PromptsShown {
  /** The three ways of reading: a document, a query that is embedded at once, and a query before its reasoning. */
  document: ShownPrompt;
  query: ShownPrompt;
  reasoned: ShownPrompt;
  /** Tokens that may embed, the proposed one first. */
  choices: readonly EmbedTokenChoice[];
  /** The token that embeds where the session names none; null where the base has none. */
  own: string | null;
}

/**
 * Shows how a model reads texts with a session's prompts, as they are edited and by the same writer that training uses.
 */
export class PromptPreview {
  private readonly choices: readonly EmbedTokenChoice[];
  private readonly own: Tokenizer;
  private grown: { token: string; tokenizer: Tokenizer } | null = null;
  private template: Promise<ChatTemplate> | null = null;

  /** @throws InputError where the model has no tokenizer, or one that is not supported. */
  constructor(
    private readonly opened: OpenedModel,
    private readonly where: string,
  ) {
    this.own = openedTokenizer(opened, where);
    this.choices = embedTokenChoices(opened, where);
  }

  async show(asked: PromptsAsked): Promise<PromptsShown> {
    const { own, choices, where } = this;
    const ending = embedTokenOf(own);
    const known = { choices, own: ending === null ? null : own.token(ending) };
    let writer: { of: PromptWriter; tokenizer: Tokenizer; embed: number };
    try {
      const tokenizer = this.tokenizerWith(asked.embedToken);
      const embed = asked.embedToken === '' ? ending : tokenizer.tokenId(asked.embedToken);
      if (embed === null)
        throw new InputError(`${where}: no token that ends a text, expected model.adapter.embed_token to name one`);
      const template = asked.prompts.chat ? await this.chatTemplate() : null;
      writer = {
        of: new PromptWriter(asked.prompts, tokenizer, template, embed, asked.context, where),
        tokenizer,
        embed,
      };
    } catch (error) {
      const failed = { error: inputSentence(error) };
      return { document: failed, query: failed, reasoned: failed, ...known };
    }
    const { of, tokenizer, embed } = writer;
    const shown = (write: () => WrittenPrompt): ShownPrompt => {
      try {
        const { ids, pieces, truncated, notices } = write();
        const tokens = ids.map((id, at) => ({
          id,
          piece: tokenizer.token(id) ?? '',
          text: tokenizer.decode([id], { skipSpecialTokens: false }),
          embeds: id === embed && at === ids.length - 1,
        }));
        return { error: null, pieces, tokens, truncated, notices };
      } catch (error) {
        return { error: inputSentence(error) };
      }
    };
    const think = asked.prompts.chat ? [] : tokenizer.encode(THINK, { specialTokens: false });
    return {
      document: shown(() => of.embedded('document', asked.document)),
      query: shown(() => of.embedded('query', asked.query)),
      reasoned: shown(() => {
        const { ids, pieces, ...rest } = of.reasoned(asked.query, think.length);
        const asks: WrittenPrompt['pieces'] = think.length > 0 ? [{ of: 'template', text: THINK }] : [];
        return { ids: [...ids, ...think], pieces: [...pieces, ...asks], ...rest };
      }),
      ...known,
    };
  }

  /** The base's tokenizer with an embed token of this name. @throws InputError for a name that cannot be a token. */
  private tokenizerWith(token: string): Tokenizer {
    if (token === '' || this.own.tokenId(token) !== null) return this.own;
    if (this.grown?.token !== token) {
      const { opened } = withEmbedToken(this.opened, token, this.where);
      this.grown = { token, tokenizer: openedTokenizer(opened, this.where) };
    }
    return this.grown.tokenizer;
  }

  private chatTemplate(): Promise<ChatTemplate> | null {
    const { chatTemplate, tokenizer } = this.opened;
    if (chatTemplate === null) return null;
    return (this.template ??= ChatTemplate.open(chatTemplate, tokenizer?.config ?? {}, this.where));
  }
}
