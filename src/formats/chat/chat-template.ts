import { InputError } from '../../lib/errors';
import { isJsonObject, type JsonObject } from '../json';
import type { TemplateEngine } from './template-engine';
import { TemplateError } from './template-error';

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface RenderOptions {
  /** Whether the messages are followed by the beginning of an answer. */
  add_generation_prompt: boolean;
  /**
   * Value of `enable_thinking` for templates that read it, such as Qwen3's; they decide themselves where it is absent.
   */
  enable_thinking?: boolean | undefined;
  /** The date that `strftime_now` returns to a template, `2024-07-26`. */
  date?: string | undefined;
}

/** Real ones have at most 30,000 characters. */
const LONGEST = 2 ** 18;
/** White space in a row, which costs its square to read. */
const SPACES = 2000;
const TEMPLATE_DATE = '2024-07-26';

const SPECIAL = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

/**
 * A model's own chat template. The interpreter makes no code of it and has nothing to call: it is safe with templates of
 * strangers, within limits of size, steps and output.
 */
export class ChatTemplate {
  private constructor(
    private readonly engine: TemplateEngine,
    private readonly special: Readonly<Record<string, string>>,
    private readonly where: string,
  ) {}

  /**
   * @param config `tokenizer_config.json`, whose special tokens the template may name.
   * @param where the model's name, for messages.
   * @throws InputError for what is no template, or one that is too large.
   */
  static async open(source: string, config: JsonObject, where: string): Promise<ChatTemplate> {
    const told = `${where}: chat template`;
    if (source.length > LONGEST) {
      throw new InputError(`${told} of ${source.length} characters, expected at most ${LONGEST}`);
    }
    if (new RegExp(`\\s{${SPACES}}`).test(source)) {
      throw new InputError(`${told} with ${SPACES} and more spaces in a row, expected fewer`);
    }
    const { TemplateEngine } = await import('./template-engine');
    try {
      return new ChatTemplate(new TemplateEngine(source), specialTokens(config), where);
    } catch (error) {
      if (error instanceof TemplateError) throw refused(told, error, 'a template that can be read');
      throw error;
    }
  }

  /**
   * The messages as the model was trained to read them, special tokens written out: they become tokens with
   * `encode(text, { specialTokens: false })`, since a template writes the BOS itself.
   * @throws InputError where the template throws, refuses a role, asks for what is not there, or ends too late.
   */
  render(messages: readonly ChatMessage[], options: RenderOptions): string {
    const { add_generation_prompt, enable_thinking, date = TEMPLATE_DATE } = options;
    const variables = {
      ...this.special,
      messages: messages.map(({ role, content }) => ({ role, content })),
      tools: null,
      documents: null,
      add_generation_prompt,
      ...(enable_thinking === undefined ? {} : { enable_thinking }),
    };
    const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
    try {
      return this.engine.render({ variables, date, characters });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw refused(`${this.where}: chat template`, error, 'one that renders these messages');
    }
  }
}

const refused = (told: string, { line, message }: TemplateError, expected: string): InputError =>
  new InputError(`${told}${line === null ? '' : `, line ${line}`}: ${message}, expected ${expected}`);

/** Special tokens by the names that templates know. */
function specialTokens(config: JsonObject): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of SPECIAL) {
    const value = config[name];
    const content = isJsonObject(value) ? value['content'] : value;
    if (typeof content === 'string') found[name] = content;
  }
  return found;
}
