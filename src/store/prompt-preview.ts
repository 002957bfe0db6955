import { create } from 'zustand';
import type { StartPrompts } from '../config/base-session';
import type { PromptsAsked, PromptsShown } from '../host/browser/api';
import { askedSlice } from './asked';
import { lab } from './lab';

/** The preview of the prompts edited on a model's page: how the model reads them. */
const questions = askedSlice<PromptsShown>();
export const usePromptPreview = questions.use;

/** Requests the preview of a kept model's prompts; of several requests the last counts. */
export const showPrompts = (hash: string, asked: PromptsAsked): Promise<void> =>
  questions.ask(() => lab.ask((client) => client.models.prompts(hash, asked)));

/** Removes the preview when another model's page opens, or none. */
export const dropPreview = questions.forget;

/** The prompts that sessions set up on a model's page start with; null where the user changed nothing there. */
export const useStartPrompts = create<{ of: string; start: StartPrompts } | { of: null }>()(() => ({ of: null }));

export const startPromptsOf = (hash: string): StartPrompts | null => {
  const state = useStartPrompts.getState();
  return state.of === hash ? state.start : null;
};
