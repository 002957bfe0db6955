import { diffSession } from '../config/edit-session';
import { PRESETS, presetSession } from '../config/presets';
import type { Session } from '../config/session';
import type { RunSummary, StoredRun } from '../host/browser/api';
import type { ArmResult } from '../records/records';
import { formatScore } from './format';

/** What a run is called: by its user, by its session, or by the preset nearest to it and its seed. */
export function runName({ title, run }: Pick<StoredRun, 'title' | 'run'>): string {
  if (title !== '') return title;
  return run ? sessionName(run.session) : 'A run that cannot be read';
}

/** @param withSeed said where it is not its preset's. */
export function sessionName(session: Session, withSeed = true): string {
  if (session.title !== '') return session.title;
  let best = { title: 'A session', changes: Infinity, seed: 1 };
  for (const preset of PRESETS) {
    const base = presetSession(preset.name);
    const changes = base
      ? diffSession(base, session).filter(({ path }) => path !== 'title' && path !== 'seed').length
      : Infinity;
    if (changes < best.changes) best = { title: preset.title, changes, seed: base?.seed ?? 1 };
  }
  const changed = best.changes > 0 ? `, ${best.changes} changed` : '';
  return `${best.title}${changed}${session.seed === best.seed || !withSeed ? '' : `, seed ${session.seed}`}`;
}

/** The arm that a run's headline is of, on the test split where there is one. */
export function headlineOf(run: Pick<RunSummary, 'evaluation'>): ArmResult | null {
  const arms = run.evaluation?.test ?? run.evaluation?.dev ?? {};
  return arms.reasoning ?? arms.direct ?? arms.filler ?? null;
}

/** `0.912 [0.880, 0.941]`. */
export function headlineText(run: Pick<RunSummary, 'evaluation'>): string | null {
  const result = headlineOf(run);
  if (!result) return null;
  const interval = result.ci95.ndcg_cut_10;
  return `${formatScore(result.ndcg_cut_10)}${interval ? ` [${formatScore(interval[0])}, ${formatScore(interval[1])}]` : ''}`;
}

export const STATE_WORDS: Readonly<Record<StoredRun['state'], string>> = {
  held: 'going on',
  interrupted: 'broke off',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
  unreadable: 'cannot be read',
};

/** A name that every file system takes. @param ending after the point. */
export const fileName = (name: string, ending: string): string =>
  `${name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'run'}.${ending}`;
