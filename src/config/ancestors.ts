import { InputError, type Problem } from '../lib/errors';
import { diffSession, type SessionChange } from './edit-session';
import type { Session } from './session';
import { settingError } from './session-checks';
import { isLeafValue, leafAt, valueAt } from './session-paths';
import { STAGE_LABELS, STAGES, totalSteps, type StageName } from './stages';

/**
 * A session that a fork comes from. The fork has its steps up to and with `step`, and its own settings from the step
 * after.
 */
export interface Ancestor {
  session: Session;
  /** The last step that both share; counts from 1 across all stages. */
  step: number;
  /** The chain's link of the fingerprint at `step`, or its first digits; empty where it is not known. */
  link: string;
}

/** The ancestors of a fork: the oldest first, the last is its parent. Empty for a session that is no fork. */
export type Ancestors = readonly Ancestor[];

/** Forks of forks, at most. */
export const MOST_ANCESTORS = 8;

/** Settings that do not change how training continues. */
const ALWAYS_FREE = new Set(['title', 'model.activations', 'model.micro_batches', 'model.numerics']);
const FREE_GROUPS = new Set(['evaluation', 'checkpoint']);

type Place = 'ended' | 'begun' | 'to come';

/** Whether a stage of the parent has ended, has begun or is still to come after `step`. */
function placeOf(parent: Session, stage: StageName, step: number): Place {
  let before = 0;
  for (const name of STAGES) {
    if (name === stage) break;
    before += parent[name].steps;
  }
  const { steps } = parent[stage];
  if (step <= before) return 'to come';
  return step >= before + steps ? 'ended' : 'begun';
}

/** Steps of the stage itself that lie up to `step`. */
function stepsInto(parent: Session, stage: StageName, step: number): number {
  return step - STAGES.slice(0, STAGES.indexOf(stage)).reduce((sum, name) => sum + parent[name].steps, 0);
}

/**
 * Settings that a fork changes and may not: what data, shapes and streams of random numbers come from, and whatever decided the
 * steps that it shares with its parent. In schema order; empty when all is well.
 */
export function forkProblems(parent: Session, step: number, child: Session): Problem[] {
  const problems: Problem[] = [];
  for (const change of diffSession(parent, child)) {
    const because = whyFixed(parent, step, change);
    if (because === null) continue;
    problems.push({ path: change.path, value: change.to, expected: because });
  }
  if (problems.length === 0 && totalSteps(child) <= step) {
    const expected = `a stage with steps after step ${step}, at which it leaves its parent`;
    problems.push({ path: '', value: `${totalSteps(child)} steps`, expected });
  }
  return problems;
}

/**
 * What a fork at `step` expects in place of a changed setting, as a part of a message; null where it may be changed
 * there.
 */
function whyFixed(parent: Session, step: number, { path, from, to }: SessionChange): string | null {
  const [group = '', key] = path.split('.');
  if (ALWAYS_FREE.has(path) || FREE_GROUPS.has(group)) return null;
  const own = `the parent's ${JSON.stringify(from)}, because`;
  if (path === 'seed') return `${own} all that is drawn comes from it`;
  if (group === 'task') return `${own} the data of the steps before the fork come from it`;
  if (group === 'model') return `${own} it is the model that the parent trained`;
  if (path.startsWith('sft.teacher.')) return `${own} the fingerprint of every step begins from it`;
  if (group === 'environment') {
    const place = placeOf(parent, 'grpo', step);
    if (place === 'ended')
      return `${own} ${STAGE_LABELS.grpo.long.toLowerCase()} ends before the fork, at step ${step}`;
    if (place === 'begun' && key === 'M') return `${own} the documents are linked with it before the fork`;
    return null;
  }
  const stage = STAGES.find((name) => name === group);
  if (stage === undefined) return `${own} the steps before the fork went by it`;
  const name = STAGE_LABELS[stage].long.toLowerCase();
  const place = placeOf(parent, stage, step);
  if (place === 'to come') return null;
  if (place === 'ended') return `${own} ${name} lies before the fork, at step ${step}`;
  const into = stepsInto(parent, stage, step);
  if (key === 'steps' && typeof to === 'number' && to <= into) {
    return `more than ${into}, the steps of ${name} that lie before the fork, at step ${step}`;
  }
  if (key === 'weight_kl' && from === 0)
    return `${own} the model that a KL term measures from is kept when ${name} begins`;
  return null;
}

/** The reason why a setting cannot be changed in a fork at all, to be shown; null where it can. */
export function fixedInFork(parent: Session, step: number, path: string): string | null {
  const value = valueAt(parent, path) ?? leafAt(path)?.leaf.initial;
  return isLeafValue(value) ? whyFixed(parent, step, { path, from: value, to: value }) : null;
}

/**
 * @throws InputError in one sentence for a fork that cannot continue from its parent: a setting is named that may not differ, or a
 * step that the parent does not have.
 */
export function checkAncestors(session: Session, ancestors: Ancestors, where = 'session'): void {
  if (ancestors.length > MOST_ANCESTORS) {
    throw new InputError(`${where}: a fork of ${ancestors.length} forks, expected at most ${MOST_ANCESTORS}`);
  }
  ancestors.forEach(({ session: parent, step }, at) => {
    const last = totalSteps(parent);
    const before = ancestors[at - 1]?.step ?? 0;
    if (!Number.isInteger(step) || step <= before || step > last) {
      throw new InputError(
        `${where}: a fork at step ${step}, expected one from ${before + 1} to ${last}, the last of its parent`,
      );
    }
    const [problem] = forkProblems(parent, step, ancestors[at + 1]?.session ?? session);
    if (problem) throw settingError(problem, where);
  });
}

/** Whether two forks have the same ancestors at the same steps; titles make no difference. */
export const sameAncestors = (a: Ancestors, b: Ancestors): boolean =>
  a.length === b.length &&
  a.every(({ session, step }, at) => {
    const other = b[at]!;
    return step === other.step && diffSession(session, other.session).every(({ path }) => path === 'title');
  });
