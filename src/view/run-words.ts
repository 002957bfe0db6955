import type { Ancestor } from '../config/ancestors';
import { diffSession } from '../config/edit-session';
import { PRESETS, presetSession } from '../config/presets';
import type { Session } from '../config/session';
import type { RunSummary, StoredRun } from '../host/browser/api';
import { isolatedIfTurned } from '../lib/bidi';
import type { ArmResult } from '../records/records';

/** What a run is called: by its user, by its session, or by the preset nearest to it and its seed. */
export function runName({ title, run }: Pick<StoredRun, 'title' | 'run'>): string {
  if (title !== '') return title;
  return run ? sessionName(run.session, run.group === null ? 'other' : 'always') : 'A run that cannot be read';
}

/**
 * What a session is called: by its title, or by the preset nearest to it.
 * @param seed whether its seed is said: where it is another than its preset's (or 1), always, or never.
 */
export function sessionName(session: Session, seed: 'other' | 'always' | 'never' = 'other'): string {
  const said = (usual: number): string =>
    seed === 'always' || (seed === 'other' && session.seed !== usual) ? `, seed ${session.seed}` : '';
  if (session.title !== '') return `${isolatedIfTurned(session.title)}${said(1)}`;
  let best = { title: 'A session', changes: Infinity, seed: 1 };
  for (const preset of PRESETS) {
    const base = presetSession(preset.name);
    const changes = base
      ? diffSession(base, session).filter(({ path }) => path !== 'title' && path !== 'seed').length
      : Infinity;
    if (changes < best.changes) best = { title: preset.title, changes, seed: base?.seed ?? 1 };
  }
  const changed = best.changes > 0 ? `, ${best.changes} changed` : '';
  return `${best.title}${changed}${said(best.seed)}`;
}

/** `fork of Kin, quick from step 210`. */
export const forkWords = ({ session, step }: Ancestor): string =>
  `fork of ${sessionName(session, 'never')} from step ${step}`;

/** The arm that a run's headline is of, on the test split where there is one. */
export function headlineOf(run: Pick<RunSummary, 'evaluation'>): ArmResult | null {
  const arms = run.evaluation?.test ?? run.evaluation?.dev ?? {};
  return arms.reasoning ?? arms.direct ?? arms.filler ?? null;
}

export const STATE_WORDS: Readonly<Record<StoredRun['state'], string>> = {
  held: 'going on',
  interrupted: 'broke off',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
  unreadable: 'cannot be read',
};

/** A name that every file system takes. @param ending after the point; empty for none. */
export const runFileName = (name: string, ending: string): string =>
  `${name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'run'}${ending === '' ? '' : `.${ending}`}`;

/** Trained elsewhere: its state has no moments, and this device would not give its steps again. */
export const isFromCluster = ({ adapter }: { adapter: string }): boolean => adapter.startsWith('cluster, ');
