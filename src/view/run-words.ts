import type { Ancestor } from '../config/ancestors';
import { diffSession } from '../config/edit-session';
import { PRESETS, presetSession } from '../config/presets';
import type { Session } from '../config/session';
import type { RunSummary, StoredRun } from '../host/browser/api';
import { isolatedIfTurned } from '../lib/bidi';
import type { ArmResult } from '../records/records';

/** The name of a run: its user's, its session's, or the nearest preset's with the seed. */
export function runName({ title, run }: Pick<StoredRun, 'title' | 'run'>): string {
  if (title !== '') return title;
  return run ? sessionName(run.session, run.group === null ? 'other' : 'always') : 'A run that cannot be read';
}

/**
 * The name of a session: its title, or the nearest preset's.
 * @param seed when to add the seed: where it differs from its preset's (or 1), always, or never.
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

/** A fork's origin: `fork of Kin, quick from step 210`. */
export const forkWords = ({ session, step }: Ancestor): string =>
  `fork of ${sessionName(session, 'never')} from step ${step}`;

/** The result that is a run's headline: of one arm, on the test split where there is one. */
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

/** A file name that every file system accepts. @param ending after the point; empty for none. */
export const runFileName = (name: string, ending: string): string =>
  `${name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'run'}${ending === '' ? '' : `.${ending}`}`;

/**
 * Whether a run was trained on a cluster: its state has no moments, and this device would not compute its steps again.
 */
export const isFromCluster = ({ adapter }: { adapter: string }): boolean => adapter.startsWith('cluster, ');
