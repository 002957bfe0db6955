import * as v from 'valibot';
import { flag, lines, noted, option } from '../../settings/leaves';

/** The value of `enable_thinking` for chat templates that read it; `template` leaves it unset. */
export const THINKING = ['template', 'on', 'off'] as const;

/** The prompts that a base model reads beside a query or a document. */
export const promptsSchema = v.strictObject({
  /** The prompt of a query, with `{text}` in the query's place; without `{text}` the query follows the prompt. */
  query: noted(lines(2000), {
    label: 'Query prompt',
    meaning: 'What a query is asked with: {text} stands for it; without that it follows the prompt.',
    source: 'paper',
  }),
  document: noted(lines(2000), {
    label: 'Document prompt',
    meaning: 'What a document is embedded with: {text} stands for it; without that it follows the prompt.',
    source: 'paper',
  }),
  /** Whether both are turns of the user in the base's own chat template, followed by its answer. */
  chat: noted(flag(false), {
    label: 'Chat template',
    meaning: 'Write both as turns of the user in the base model’s own chat template.',
    source: 'paper',
  }),
  system: noted(lines(2000), {
    label: 'System message',
    meaning: 'What stands before all, where the chat template takes one; empty leaves it to the template.',
    source: 'choice',
  }),
  thinking: noted(option(THINKING, 'template'), {
    label: 'Thinking',
    meaning: 'What a chat template that asks for it is told: think, do not, or as it decides itself.',
    source: 'Hugging Face',
  }),
});
