import { create } from 'zustand';
import { forkProblems, type Ancestors } from '../config/ancestors';
import { diffSession, setPath, settingsOf, withValue, type SessionChange } from '../config/edit-session';
import { parseSession } from '../config/parse-session';
import { PRESETS, presetSession } from '../config/presets';
import type { Session } from '../config/session';
import { sessionProblems } from '../config/session-checks';
import { InputError, inputSentence, type Problem } from '../lib/errors';
import { sayUndo } from './toasts';

/** The text of a field that is no valid value yet, with its error. */
export interface FieldDraft {
  text: string;
  error: string;
}

export interface SessionState {
  session: Session;
  /** The preset that changes are counted against; a fork's are counted against its parent. */
  preset: string;
  /** The ancestors of a fork, the oldest first; empty for a session that is no fork. */
  ancestors: Ancestors;
  /** Drafts by path. While there is one, nothing can run. */
  drafts: Readonly<Record<string, FieldDraft>>;
  /** The session as JSON, where it was typed and is not valid; like a draft, it keeps a run from starting. */
  json: FieldDraft | null;
  /** Sets a field from typed text; text that is no valid value stays as a draft with its error. */
  type: (path: string, text: string) => void;
  edit: (path: string, value: unknown) => void;
  /** Sets the whole session from typed JSON; what is not valid stays as a draft. */
  typeJson: (text: string) => void;
  dropJson: () => void;
  dropDraft: (path: string) => void;
  reset: (path: string) => void;
  resetAll: () => void;
  loadPreset: (name: string) => void;
  /** Sets the whole session, with the nearest preset to count changes against. */
  replace: (session: Session, ancestors?: Ancestors) => void;
  /** Restores what an overwritten panel held. */
  restore: (panel: Panel) => void;
}

/** The content of the panel, kept for an undo when another session replaces it. */
export type Panel = Pick<SessionState, 'session' | 'preset' | 'drafts' | 'ancestors'>;
export const panelNow = (): Panel => {
  const { session, preset, drafts, ancestors } = useSession.getState();
  return { session, preset, drafts, ancestors };
};

/** The problems of the session in the panel: its own, and those of the fork that it may be. */
export function panelProblems(session: Session, ancestors: Ancestors): Problem[] {
  const from = ancestors.at(-1);
  return [...sessionProblems(session), ...(from ? forkProblems(from.session, from.step, session) : [])];
}

/** The session that changes are counted against: a preset, or a fork's parent. */
export const sessionStart = ({ preset, ancestors }: Pick<SessionState, 'preset' | 'ancestors'>): Session =>
  ancestors.at(-1)?.session ?? presetOf(preset);

const first = PRESETS[0]!.name;

export const presetOf = (name: string): Session => {
  const session = presetSession(name);
  if (!session) throw new InputError(`preset ${name} is unknown`);
  return session;
};

/** The preset with the fewest settings that differ; the first of several. */
export function nearestPreset(session: Session): string {
  let best = first;
  let least = Infinity;
  for (const { name } of PRESETS) {
    const { length } = changesFrom(presetOf(name), session);
    if (length < least) [best, least] = [name, length];
  }
  return best;
}

/** The settings that differ from a preset; a title changes nothing in a run. */
export const changesFrom = (preset: Session, session: Session): SessionChange[] =>
  diffSession(preset, session).filter(({ path }) => path !== 'title');

const reason = (error: unknown): string => {
  if (!(error instanceof InputError)) throw error;
  const text = error.problem ? `expected ${error.problem.expected}` : error.message;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
};

const without = (drafts: Readonly<Record<string, FieldDraft>>, path: string): Record<string, FieldDraft> =>
  Object.fromEntries(Object.entries(drafts).filter(([key]) => key !== path));

export const useSession = create<SessionState>()((set, get) => {
  /** Replaces the whole panel, with an undo. */
  const overwrite = (next: Omit<Panel, 'drafts'>, said: string, worthUndo: boolean): void => {
    const before = panelNow();
    set({ ...next, drafts: {}, json: null });
    if (worthUndo) sayUndo(said, () => set(before));
  };

  return {
    session: presetOf(first),
    preset: first,
    ancestors: [],
    drafts: {},
    json: null,
    typeJson: (text) => {
      try {
        set({ session: parseJson(text), drafts: {}, json: null });
      } catch (error) {
        set({ json: { text, error: inputSentence(error) } });
      }
    },
    dropJson: () => set({ json: null }),
    type: (path, text) => {
      const { session, drafts } = get();
      try {
        set({ session: setPath(session, `${path}=${text}`), drafts: without(drafts, path) });
      } catch (error) {
        set({ drafts: { ...drafts, [path]: { text, error: reason(error) } } });
      }
    },
    edit: (path, value) => {
      const { session, drafts } = get();
      set({ session: withValue(session, path, value), drafts: without(drafts, path) });
    },
    dropDraft: (path) => set({ drafts: without(get().drafts, path) }),
    reset: (path) => {
      const { session, drafts } = get();
      const initial = settingsOf(sessionStart(get())).find((entry) => entry.path === path);
      if (initial) set({ session: withValue(session, path, initial.value), drafts: without(drafts, path) });
    },
    resetAll: () => {
      const { preset, session, ancestors } = get();
      const base = sessionStart(get());
      const said = `Every setting is back to ${ancestors.length > 0 ? 'the parent’s' : 'its preset'}.`;
      const changed = ancestors.length > 0 ? diffSession(base, session).length > 0 : isChanged(session);
      overwrite({ session: base, preset, ancestors }, said, changed);
    },
    loadPreset: (name) => {
      const { session } = get();
      const changed = changesFrom(sessionStart(get()), session).length > 0;
      overwrite({ session: presetOf(name), preset: name, ancestors: [] }, `Loaded ${name} over your changes.`, changed);
    },
    restore: (panel) => set({ ...panel, json: null }),
    replace: (session, ancestors = []) =>
      set({ session, preset: nearestPreset(session), ancestors, drafts: {}, json: null }),
  };
});

/** Parses a session. @throws InputError for text that is no JSON, or no session. */
function parseJson(text: string): Session {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`This is not JSON yet: ${error instanceof Error ? error.message : 'it cannot be read'}.`);
  }
  return parseSession(json);
}

const isChanged = (session: Session): boolean =>
  PRESETS.every(({ name }) => diffSession(presetOf(name), session).length > 0);
