import { MOST_ANCESTORS, type Ancestor, type Ancestors } from './ancestors';
import { diffSession } from './edit-session';
import type { Session } from './session';
import { totalSteps } from './stages';

/** What a run is made of: its session, and the ancestors of a fork. */
export interface RunSession {
  session: Session;
  ancestors: Ancestors;
}

const SETTING = 'model.micro_batches';

/** The same session, each step computed in this many parts. */
export const inParts = (session: Session, micro_batches: number): Session => ({
  ...session,
  model: { ...session.model, micro_batches },
});

/** The session that a step after `step` goes by. */
export const sessionAfter = ({ session, ancestors }: RunSession, step: number): Session =>
  ancestors.find((from) => step < from.step)?.session ?? session;

/**
 * The run whose steps after `step` are computed in this many parts: a fork of itself, because its bits are others from there
 * on; before its first step the session itself.
 * @param link of the chain of fingerprints at `step`.
 * @returns null after the last step, or where that were one fork too many.
 */
export function inPartsFrom(run: RunSession, step: number, parts: number, link: string): RunSession | null {
  if (step >= totalSteps(run.session)) return null;
  const done = run.ancestors.filter((from) => from.step <= step);
  const later = run.ancestors
    .slice(done.length)
    .map((from) => ({ ...from, session: inParts(from.session, parts), link: '' }));
  const isBegun = step > (done.at(-1)?.step ?? 0);
  const own: Ancestor[] = isBegun ? [{ session: sessionAfter(run, step), step, link }] : [];
  const ancestors = [...done, ...own, ...later];
  return ancestors.length > MOST_ANCESTORS ? null : { session: inParts(run.session, parts), ancestors };
}

/**
 * A run but for the parts that its steps are computed in: what its states are tied to, since a state can be continued from in
 * any number of parts.
 */
export function withoutParts({ session, ancestors }: RunSession): RunSession {
  const next = (at: number): Session => ancestors[at + 1]?.session ?? session;
  return {
    session: inParts(session, 1),
    ancestors: ancestors
      .filter((from, at) => {
        const changes = diffSession(from.session, next(at));
        return changes.length !== 1 || changes[0]!.path !== SETTING;
      })
      .map((from) => ({ ...from, session: inParts(from.session, 1) })),
  };
}

/** The number of micro-batches of a run's steps, in words, with the step from which it holds; null for one. */
export function partsWords({ session, ancestors }: RunSession): string | null {
  const { micro_batches } = session.model;
  if (micro_batches === 1) return null;
  const parts = `${micro_batches} micro-batches`;
  const from = ancestors.findLast((ancestor) => ancestor.session.model.micro_batches !== micro_batches);
  return from ? `${parts} from step ${from.step + 1} on` : parts;
}

/** Why bits differ, where two runs end in different numbers of parts; null where they are the same. */
export const partsSentence = (recorded: number, here: number): string | null =>
  recorded === here
    ? null
    : `The recorded run computed its steps in ${counted(recorded)}, this one in ${counted(here)}, so other last bits are expected.`;

const counted = (parts: number): string => (parts === 1 ? 'one part' : `${parts} micro-batches`);

/** The part of a claim on micro-batches; empty where there is one. */
export const partsClaimed = (session: Session | null): { micro_batches?: number } =>
  session && session.model.micro_batches > 1 ? { micro_batches: session.model.micro_batches } : {};
