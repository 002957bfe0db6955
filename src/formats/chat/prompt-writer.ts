import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import type { Tokenizer } from '../tokenizer';
import type { ChatMessage, ChatTemplate } from './chat-template';

export type PromptSettings = Session['prompts'];

/** The source of a part of a prompt. */
export type PieceSource = 'template' | 'system' | 'prompt' | 'text' | 'embed';

export interface WrittenPrompt {
  /** The token ids that the model reads. */
  ids: number[];
  /** The same as text, in parts, for an editor. */
  pieces: { of: PieceSource; text: string }[];
  /** The text was cut so that the rest fits. */
  truncated: boolean;
  /** Sentences that the user should know. */
  notices: string[];
}

const PLACE = '{text}';

/** Writes queries and documents as a base model reads them: with its prompts, through its chat template or without. */
export class PromptWriter {
  /**
   * @param template the model's; used only where the settings want a chat.
   * @param embed id of the token that embeds.
   * @param context positions of the model, or fewer.
   * @param where the model's name, for messages.
   * @throws InputError where the settings want a chat template and there is none.
   */
  constructor(
    private readonly settings: PromptSettings,
    private readonly tokenizer: Tokenizer,
    private readonly template: ChatTemplate | null,
    private readonly embed: number,
    private readonly context: number,
    private readonly where: string,
  ) {
    if (settings.chat && !template) {
      throw new InputError(`prompts.chat is true and ${where} has no chat template, expected false`);
    }
  }

  /** A document or a query that is embedded at once: it ends in the embed token, once, whose place is kept. */
  embedded(kind: 'query' | 'document', text: string): WrittenPrompt {
    const written = this.fitted(kind, text, 1);
    const { embed, tokenizer } = this;
    if (written.ids.at(-1) === embed) written.ids.pop();
    written.ids.push(embed);
    written.pieces.push({ of: 'embed', text: tokenizer.token(embed) ?? '' });
    return written;
  }

  /** A query that is reasoned about: what is written continues from it. @param room tokens that are left free for that. */
  reasoned(text: string, room: number): WrittenPrompt {
    return this.fitted('query', text, room);
  }

  /** The text before and after a text of a kind, special tokens written out; for a program that has no template. */
  around(kind: 'query' | 'document'): { before: string; after: string } {
    // No template and no prompt has this letter of a private plane in it.
    const mark = '\u{10fffd}';
    const [before = '', after = ''] = this.rendered(kind, mark).text.split(mark);
    return { before, after };
  }

  private fitted(kind: 'query' | 'document', text: string, room: number): WrittenPrompt {
    const limit = this.context - room;
    const whole = this.written(kind, text);
    if (whole.ids.length <= limit) return whole;
    const least = this.written(kind, '').ids.length;
    if (least > limit) {
      throw new InputError(
        `prompts.${kind} takes ${least} tokens of ${this.where} without any text, expected at most ${limit}`,
      );
    }
    const characters = Array.from(text);
    let length = Math.floor((characters.length * (limit - least)) / Math.max(1, whole.ids.length - least));
    for (;;) {
      const cut = this.written(kind, characters.slice(0, length).join(''));
      if (cut.ids.length <= limit || length === 0) return { ...cut, truncated: true };
      length = Math.min(length - 1, Math.floor(length * 0.97));
    }
  }

  private written(kind: 'query' | 'document', text: string): WrittenPrompt {
    const { tokenizer, settings } = this;
    const { text: rendered, before, after } = this.rendered(kind, text);
    // A template writes the BOS itself; without one the tokenizer does, as it does before any text.
    const ids = tokenizer.encode(rendered, { specialTokens: !settings.chat });
    if (!settings.chat) ids.length -= tokenizer.endTokenIds.length;
    const notices: string[] = [];
    const { system } = settings;
    if (system.trim() !== '' && !rendered.includes(system.trim())) {
      notices.push('the chat template drops the system message');
    }
    if (!rendered.includes(text.trim())) notices.push('the chat template changes the text');
    return { ids, pieces: piecesOf(rendered, { system, before, text, after }), truncated: false, notices };
  }

  private rendered(kind: 'query' | 'document', text: string): { text: string; before: string; after: string } {
    const { chat, system, thinking } = this.settings;
    const prompt = this.settings[kind];
    const at = prompt.indexOf(PLACE);
    const before = at < 0 ? prompt : prompt.slice(0, at);
    const after = at < 0 ? '' : prompt.slice(at + PLACE.length);
    const content = before + text + after;
    if (!chat || !this.template) return { text: content, before, after };
    const messages: ChatMessage[] = [{ role: 'user', content }];
    if (system !== '') messages.unshift({ role: 'system', content: system });
    const enable_thinking = thinking === 'template' ? undefined : thinking === 'on';
    return { text: this.template.render(messages, { add_generation_prompt: true, enable_thinking }), before, after };
  }
}

/** The parts of a rendered prompt, in its order; what none of them is, is the template's. */
function piecesOf(
  rendered: string,
  { system, before, text, after }: Readonly<Record<'system' | 'before' | 'text' | 'after', string>>,
): WrittenPrompt['pieces'] {
  const spans: { of: PieceSource; from: number; to: number }[] = [];
  let cursor = 0;
  const take = (of: PieceSource, part: string): void => {
    // Templates may strip what they are given.
    const sought = rendered.includes(part, cursor) ? part : part.trim();
    const from = sought === '' ? -1 : rendered.indexOf(sought, cursor);
    if (from < 0) return;
    cursor = from + sought.length;
    spans.push({ of, from, to: cursor });
  };
  take('system', system);
  const whole = before + text + after;
  const start = rendered.indexOf(whole, cursor);
  if (start >= 0) cursor = start;
  take('prompt', before);
  take('text', text);
  take('prompt', after);
  const pieces: WrittenPrompt['pieces'] = [];
  let done = 0;
  for (const { of, from, to } of spans) {
    if (from > done) pieces.push({ of: 'template', text: rendered.slice(done, from) });
    pieces.push({ of, text: rendered.slice(from, to) });
    done = to;
  }
  if (done < rendered.length) pieces.push({ of: 'template', text: rendered.slice(done) });
  return pieces;
}
