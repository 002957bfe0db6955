import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { hasShared, sharedJson } from '../shared.test-data';
import { hasSmolLm2, smolLm2 } from '../smollm2.test-data';
import { Tokenizer } from '../tokenizer';
import { ChatTemplate, type ChatMessage, type RenderOptions } from './chat-template';
import renderings from './renderings.json';

const asked: ChatMessage[] = [{ role: 'user', content: 'Where?' }];
const render = async (source: string, options: Partial<RenderOptions> = {}, messages = asked, config = {}) => {
  const template = await ChatTemplate.open(source, config, 'it');
  return template.render(messages, { add_generation_prompt: true, ...options });
};

interface Case {
  template: string;
  chat: string;
  options: RenderOptions;
  text?: string;
  error?: string;
}

describe('a chat template', () => {
  const templates = new Map(Object.entries(renderings.templates));
  const chats = new Map<string, { role: string; content: string }[]>(Object.entries(renderings.chats));
  const cases: Case[] = renderings.cases;
  const message = ({ role, content }: { role: string; content: string }): ChatMessage => ({
    role: role === 'system' || role === 'assistant' ? role : 'user',
    content,
  });

  it.each(cases.map((each) => [each.template, each.chat, JSON.stringify(each.options), each] as const))(
    'renders as transformers does: %s, %s, %s',
    async (name, chat, _options, { options, text, error }) => {
      const messages = (chats.get(chat) ?? []).map(message);
      const found = render(templates.get(name) ?? '', options, messages, renderings.special);
      if (error === undefined) expect(await found).toBe(text);
      else await expect(found).rejects.toThrow(`the template refuses it: ${error}`);
    },
  );

  it('has the special tokens that the configuration names, in both forms', async () => {
    const config = { bos_token: '<s>', eos_token: { content: '</s>' }, pad_token: null };
    const source = '{{ bos_token }}{{ eos_token }}{{ pad_token is defined }}';
    expect(await render(source, {}, asked, config)).toBe('<s></s>False');
  });

  it('prints numbers, powers, what is none and what is missing as Python does, in lists that are joined too', async () => {
    expect(await render('{{ 1.0 }} {{ 4 / 2 }} {{ 2.5 }} {{ 2 ** 3 }} {{ none }}')).toBe('1.0 2.0 2.5 8 None');
    expect(await render('{{ "a" ~ 1.0 ~ none ~ true }} {{ [1.0, 2, none, true] | join(",") }}')).toBe(
      'a1.0NoneTrue 1.0,2,None,True',
    );
    const tools = '{% if tools %}a{% endif %}{% if messages[0].tool_calls %}b{% endif %}{{ messages[0].tool_calls }}c';
    expect(await render(tools)).toBe('c');
  });

  it('gives a fixed date, with the names of months in English', async () => {
    const source = '{{ strftime_now("%d %b %Y, %A %-d %B %y %H:%M:%S %%") }}';
    expect(await render(source)).toBe('26 Jul 2024, Friday 26 July 24 00:00:00 %');
    expect(await render(source, { date: '2025-03-02' })).toBe('02 Mar 2025, Sunday 2 March 25 00:00:00 %');
  });

  it.each([
    ['a text that refuses', 'a\n\n{{ raise_exception("no\nsuch thing") }}', 'it: chat template, line 3: the template refuses it: no such thing, expected one that renders'], // prettier-ignore
    ['a filter that is not known', 'a\n{{ messages[0].content\n | shout }}', /^it: chat template, line 2: .*shout/],
    ['an operator between what has none', '{% if 1 %}\n{{ none + 1 }}\n{% endif %}', 'it: chat template, line 2: Cannot perform operation on null values'], // prettier-ignore
    ['what is not there', 'x\n{{ messages[3].content.strip() }}', /^it: chat template, line 2: /],
    [
      'a block that does not end',
      'a\n{% for m in messages %}\nb',
      /^it: chat template, line 3: .*, expected a template that can be read$/,
    ],
    ['an expression that does not end', 'a {{ messages', /^it: chat template/],
    ['a function that is not there', 'a\n{{ cycler(1, 2) }}', /^it: chat template, line 2: Cannot call something that is not a function/], // prettier-ignore
    ['a list that is printed', '{{ messages }}', 'it prints a list or a mapping'],
    ['a directive of strftime that is not written', '{{ strftime_now("%j") }}', 'strftime_now asks for %j, expected one of %% %Y'], // prettier-ignore
    ['a loop of loops', '{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{{ a }}{% endfor %}', 'it takes more than 200000 steps'], // prettier-ignore
    ['a range that is too long', '{{ range(10000000) | length }}', 'range of 10000000, expected at most 10000'],
    ['a macro that calls itself', '{% macro a(a) %}{{ a(a) }}{% endmacro %}{% macro b(f) %}{{ f(f) }}{% endmacro %}{{ b(b) }}', 'it nests or grows too deep'], // prettier-ignore
    ['a text that doubles', '{% set n = namespace(t="aaaa") %}{% for i in range(40) %}{% set n.t = n.t + n.t %}{% endfor %}{{ n.t }}', 'it writes more than 1048582 characters'], // prettier-ignore
    ['a list that doubles', '{% set n = namespace(t=[1]) %}{% for i in range(40) %}{% set n.t = n.t + n.t %}{% endfor %}', 'it makes a list of more than 10000'], // prettier-ignore
    ['a large number', '{{ "a\nb" | indent(9 ** 9) }}', 'it calculates with numbers beyond 16777216'],
    ['10 MB', 'a'.repeat(10_000_000), 'it: chat template of 10000000 characters, expected at most 262144'],
    ['spaces without end', `a${' '.repeat(200_000)}`, 'with 2000 and more spaces in a row'],
    ['brackets without end', `{{ ${'('.repeat(100_000)}1 }}`, 'it nests or grows too deep'],
  ])('that fails says so in one sentence, with its line: %s', { timeout: 20_000 }, async (_what, source, said) => {
    await expect(render(source)).rejects.toThrow(said);
    await expect(render(source)).rejects.toThrow(/^[^\n]*$/);
  });

  it('cannot reach what is outside of it', async () => {
    for (const source of ['{{ messages.constructor }}', '{{ "".__class__ }}', '{{ messages.__proto__ }}']) {
      expect(await render(source).catch(() => '')).toBe('');
    }
    await expect(render('{{ messages.constructor.constructor("return 1")() }}')).rejects.toThrow(/not a function/);
  });

  it('needs no code that is made at run time, which the page forbids', () => {
    const script = `
      const { Template } = await import('@huggingface/jinja');
      process.stdout.write(new Template('{% for m in messages %}{{ m.content | upper }}{% endfor %}').render({ messages: [{ content: 'a' }] }));
    `;
    const argv = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', script];
    const cwd = fileURLToPath(new URL('../../..', import.meta.url));
    expect(spawnSync(process.execPath, argv, { encoding: 'utf8', cwd })).toMatchObject({ stdout: 'A', stderr: '' });
  });
});

const REFERENCE = 'models/smollm2-135m-instruct/reference.json';
const reference = v.object({
  cases: v.array(
    v.object({ kind: v.string(), text: v.string(), rendered: v.string(), prompt_ids: v.array(v.number()) }),
  ),
});

describe.skipIf(!hasSmolLm2 || !hasShared(REFERENCE))('the template in the GGUF file of SmolLM2', () => {
  it('renders as the reference has it, and gives its ids', async () => {
    const { chatTemplate, tokenizer: files } = await smolLm2();
    const template = await ChatTemplate.open(chatTemplate ?? '', files!.config, 'smollm2');
    const tokenizer = new Tokenizer(files!, 'smollm2');
    const chats = v.parse(reference, sharedJson(REFERENCE)).cases.filter(({ kind }) => kind === 'chat');
    expect(chats.length).toBeGreaterThan(0);
    for (const { text, rendered, prompt_ids } of chats) {
      const found = template.render([{ role: 'user', content: text }], { add_generation_prompt: true });
      expect(found).toBe(rendered);
      expect(tokenizer.encode(found, { specialTokens: false })).toEqual(prompt_ids);
    }
  });
});
