import { create } from 'zustand';
import type { StartPrompts } from '../config/base-session';
import type { PromptsAsked, PromptsShown } from '../host/browser/api';
import { IDLE, latest, type Asked } from './asked';
import { lab } from './lab';

/** How a kept model reads the prompts that are being edited on its page. */
export const usePromptPreview = create<{ asked: Asked<PromptsShown> }>()(() => ({ asked: IDLE }));

const questions = latest<PromptsShown>(
  () => usePromptPreview.getState().asked,
  (asked) => usePromptPreview.setState({ asked }),
);

/** Asks how a kept model reads them; of several questions the last counts. */
export const showPrompts = (hash: string, asked: PromptsAsked): Promise<void> =>
  questions.ask(() => lab.ask((client) => client.models.prompts(hash, asked)));

/** Forgets the preview: another model's page is open, or none. */
export function dropPreview(): void {
  questions.drop();
  usePromptPreview.setState({ asked: IDLE });
}

/** What sessions that are set up on a model's page start with; null where nothing was changed there. */
export const useStartPrompts = create<{ of: string; start: StartPrompts } | { of: null }>()(() => ({ of: null }));

export const startPromptsOf = (hash: string): StartPrompts | null => {
  const state = useStartPrompts.getState();
  return state.of === hash ? state.start : null;
};
