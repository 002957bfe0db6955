import { describe, expect, it } from 'vitest';
import { defaultSession } from '../config/session';
import { writeCheckpoint } from '../formats/huggingface';
import { filesInMemory } from '../formats/model-files';
import { openModel } from '../formats/open-model';
import { tinyQwen3 } from '../formats/tiny-qwen3.test-data';
import { wordLevelTokenizer } from '../formats/word-level';
import { checkpointTensors } from '../tensors/layout';
import { PromptPreview, type PromptsAsked, type ShownPrompt } from './prompt-preview';

const WORDS = ['<unk>', '<s>', '<u>', '</s>', 'find', 'a', 'b'];
const TEMPLATE = "{{ bos_token }}\n{% for m in messages %} <u> {{ m['content'] }}{% endfor %}";

async function preview(template: string | null): Promise<PromptPreview> {
  const arch = { ...tinyQwen3, vocab_size: WORDS.length };
  const tensors = new Map(checkpointTensors(arch).map(({ name, length }) => [name, new Float32Array(length)]));
  const tokenizer = wordLevelTokenizer(WORDS, '<unk>', { bos: '<s>', eos: '</s>' });
  const files = new Map(writeCheckpoint(arch, tensors, { tokenizer }));
  if (template !== null) files.set('chat_template.jinja', new TextEncoder().encode(template));
  return new PromptPreview(await openModel(filesInMemory(files), 'it'), 'it');
}
const asked = (changes: Partial<PromptsAsked['prompts']> = {}, embedToken = '', query = 'a b'): PromptsAsked => ({
  prompts: { ...defaultSession.prompts, ...changes },
  embedToken,
  context: 32,
  query,
  document: 'b',
});
const read = (shown: ShownPrompt): string =>
  shown.error ?? shown.tokens.map(({ piece, embeds }) => (embeds ? `[${piece}]` : piece)).join(' ');

describe('prompts as a base reads them', () => {
  it('are shown as text in parts and as tokens, the one that embeds marked', async () => {
    const { query, document, reasoned } = await (await preview(null)).show(asked({ query: 'find ' }));
    expect(read(query)).toBe('<s> find a b [</s>]');
    expect(read(document)).toBe('<s> b [</s>]');
    // What asks for reasoning is not in this vocabulary.
    expect(read(reasoned)).toBe('<s> find a b <unk>');
    expect(query).toMatchObject({
      pieces: [
        { of: 'prompt', text: 'find ' },
        { of: 'text', text: 'a b' },
        { of: 'embed', text: '</s>' },
      ],
      tokens: [{ id: 1 }, { id: 4, text: 'find' }, { id: 5 }, { id: 6 }, { id: 3, embeds: true }],
    });
  });

  it('go through the model’s own chat template, whose failure names the line', async () => {
    const { query, reasoned } = await (await preview(TEMPLATE)).show(asked({ chat: true }));
    expect(read(query)).toBe('<s> <u> a b [</s>]');
    expect(read(reasoned)).toBe('<s> <u> a b');
    const thrown = await (await preview(`${TEMPLATE}\n{{ raise_exception('no') }}`)).show(asked({ chat: true }));
    expect(read(thrown.document)).toMatch(/^it: chat template, line 3: .*no/);
    const none = await (await preview(null)).show(asked({ chat: true }));
    expect(read(none.query)).toBe('prompts.chat is true and it has no chat template, expected false');
  });

  it('may end in another token, which the model gets where it lacks it', async () => {
    const model = await preview(null);
    expect(read((await model.show(asked({}, '<u>'))).query)).toBe('<s> a b [<u>]');
    const { query, choices, own } = await model.show(asked({}, '<|embed_token|>'));
    expect(read(query)).toBe('<s> a b [<|embed_token|>]');
    expect(own).toBe('</s>');
    expect(choices.map(({ kind }) => kind)).toEqual(['unused', 'new']);
    expect(read((await model.show(asked({}, 'two words'))).query)).toContain('expected the name of a token, no spaces');
  });

  it('say where a text is cut', async () => {
    const { query } = await (await preview(null)).show(asked({}, '', 'a '.repeat(50)));
    expect(query).toMatchObject({ truncated: true });
  });
});
