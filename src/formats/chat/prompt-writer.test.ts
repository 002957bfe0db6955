import { describe, expect, it } from 'vitest';
import { Tokenizer } from '../tokenizer';
import { wordLevelTokenizer } from '../word-level';
import { ChatTemplate } from './chat-template';
import { PromptWriter, type PromptSettings } from './prompt-writer';

const WORDS = ['<unk>', '<s>', '<|user|>', '<|system|>', '<|bot|>', '<e>', 'find', 'for', 'search', 'a', 'b', 'brief'];
const tokenizer = new Tokenizer(wordLevelTokenizer(WORDS, '<unk>', { bos: '<s>' }), 'it');
const EMBED = 5;
const TEMPLATE =
  '{{ bos_token }}{% for m in messages %} <|{{ m.role }}|> {{ m.content | trim }}{% endfor %}{% if add_generation_prompt %} <|bot|>{% if enable_thinking is defined %}{{ " a" if enable_thinking else " b" }}{% endif %}{% endif %}';
const NO_SYSTEM = '{% for m in messages if m.role == "user" %}<|user|> {{ m.content }}{% endfor %} <|bot|>';

const PLAIN: PromptSettings = { query: '', document: '', chat: false, system: '', thinking: 'template' };

async function writer(more: Partial<PromptSettings>, context = 32, source: string | null = TEMPLATE) {
  const template = source === null ? null : await ChatTemplate.open(source, { bos_token: '<s>' }, 'it');
  return new PromptWriter({ ...PLAIN, ...more }, tokenizer, template, EMBED, context, 'it');
}
const words = (ids: readonly number[]): string => ids.map((id) => tokenizer.token(id)).join(' ');

describe('prompts of a base model', () => {
  it('without a chat template stand around the text, after the tokenizer’s own BOS', async () => {
    const plain = await writer({ query: 'find {text} for', document: 'search ' });
    expect(words(plain.embedded('query', 'a b').ids)).toBe('<s> find a b for <e>');
    expect(words(plain.embedded('document', 'a b').ids)).toBe('<s> search a b <e>');
    expect(words(plain.reasoned('a', 8).ids)).toBe('<s> find a for');
    expect(plain.embedded('query', 'a').pieces).toEqual([
      { of: 'prompt', text: 'find ' },
      { of: 'text', text: 'a' },
      { of: 'prompt', text: ' for' },
      { of: 'embed', text: '<e>' },
    ]);
  });

  it('through a chat template are turns of the user with one BOS, and what answers follows', async () => {
    const chat = await writer({ chat: true, system: 'brief', query: 'find {text}' });
    expect(words(chat.reasoned('a', 8).ids)).toBe('<s> <|system|> brief <|user|> find a <|bot|>');
    expect(words(chat.embedded('document', 'b').ids)).toBe('<s> <|system|> brief <|user|> b <|bot|> <e>');
    const { pieces } = chat.embedded('query', 'a');
    expect(pieces.map(({ of }) => of)).toEqual([
      'template',
      'system',
      'template',
      'prompt',
      'text',
      'template',
      'embed',
    ]);
    expect(pieces.map(({ text }) => text).join('')).toBe('<s> <|system|> brief <|user|> find a <|bot|><e>');
    expect(chat.around('query')).toEqual({ before: '<s> <|system|> brief <|user|> find ', after: ' <|bot|>' });
  });

  it('say whether to think to a template that asks for it', async () => {
    const asked = async (thinking: PromptSettings['thinking']) =>
      words((await writer({ chat: true, thinking })).reasoned('search', 1).ids)
        .split(' ')
        .at(-1);
    expect([await asked('template'), await asked('on'), await asked('off')]).toEqual(['<|bot|>', 'a', 'b']);
  });

  it('keep the place of the embed token and of the turn: a long text is cut, and a text ends in one embed token', async () => {
    const chat = await writer({ chat: true, query: 'find' }, 8);
    const cut = chat.embedded('document', 'a b a b a b a b a b');
    expect(cut).toMatchObject({ truncated: true });
    expect(words(cut.ids)).toMatch(/^<s> <\|user\|>( [ab])+ <\|bot\|> <e>$/);
    expect(cut.ids.length).toBeLessThanOrEqual(8);
    const plain = await writer({}, 4);
    expect(words(plain.embedded('document', 'a b a b a b').ids)).toBe('<s> a b <e>');
    expect(words(plain.embedded('document', 'a <e>').ids)).toBe('<s> a <e>');
    const small = await writer({ chat: true }, 3);
    expect(() => small.embedded('query', 'a')).toThrow('prompts.query takes 3 tokens of it without any text, expected at most 2'); // prettier-ignore
  });

  it('say so where the template drops a message', async () => {
    const chat = await writer({ chat: true, system: 'brief' }, 32, NO_SYSTEM);
    expect(chat.embedded('query', 'a').notices).toEqual(['the chat template drops the system message']);
    expect((await writer({ chat: true })).embedded('query', 'a').notices).toEqual([]);
  });

  it('are refused where a template is asked for and there is none', async () => {
    await expect(writer({ chat: true }, 32, null)).rejects.toThrow('prompts.chat is true and it has no chat template');
  });
});
