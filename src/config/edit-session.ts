import { InputError } from '../lib/errors';
import { nearest, shown } from '../lib/text';
import type { Leaf, LeafValue } from '../settings/leaves';
import { parseShape } from './parse-session';
import type { Session } from './session';
import { checkSession } from './session-checks';
import { followingTask, isRead, TASKS, taskSize } from './tasks';
import { isLeafValue, leafAt, nest, sameValue, sessionLeaves, valueAt, type SessionLeaf } from './session-paths';

/** One setting that differs between two sessions. */
export interface SessionChange {
  path: string;
  from: LeafValue;
  to: LeafValue;
}

/** Every setting of a session with its value, in schema order; those of other tasks have their default. */
export function settingsOf(session: Session): { path: string; value: LeafValue }[] {
  return sessionLeaves.map(({ path, leaf }) => {
    const value = isRead(path, session.task.name) ? valueAt(session, path) : leaf.initial;
    if (!isLeafValue(value)) throw new Error(`${path} is missing from a parsed session`);
    return { path, value };
  });
}

/** The changes that turn session `a` into `b`, in schema order. */
export function diffSession(a: Session, b: Session): SessionChange[] {
  const to = settingsOf(b);
  return settingsOf(a).flatMap(({ path, value }, i) => {
    const next = to[i]!.value;
    return sameValue(value, next) ? [] : [{ path, from: value, to: next }];
  });
}

/**
 * A copy with one setting changed; another task takes along what goes by the task, another depth the weights of depths. The
 * value's bounds are checked, combinations are not: call `checkSession` once the edit is complete.
 * @throws InputError for an unknown path or a value out of bounds.
 */
export function withValue(session: Session, path: string, value: unknown, where = 'session'): Session {
  knownLeaf(path, where);
  const changed = new Map<string, unknown>(settingsOf(session).map((entry) => [entry.path, entry.value]));
  changed.set(path, value);
  const other = path === 'task.name' && TASKS.find((name) => name === value && name !== session.task.name);
  if (other) return parseShape(nest(new Map([...changed, ...followingTask(other)])), where);
  const next = parseShape(nest(changed), where);
  const { maxDepth } = taskSize(next.task);
  if (maxDepth === taskSize(session.task).maxDepth) return next;
  changed.set('grpo.depth_weights', weightsFor(maxDepth, next.grpo.depth_weights));
  return parseShape(nest(changed), where);
}

/** A copy with several settings changed, one after the other, as `withValue` changes one. */
export const withValues = (session: Session, settings: readonly (readonly [path: string, value: unknown])[]): Session =>
  settings.reduce((changed, [path, value]) => withValue(changed, path, value), session);

/** Weights of as many depths as there are: those that stand stay, a new depth is drawn as often as its number says. */
function weightsFor(depths: number, weights: readonly number[]): number[] {
  const fitting = Array.from({ length: depths }, (_, at) => weights[at] ?? at + 1);
  return fitting.some((weight) => weight > 0) ? fitting : fitting.map((_, at) => at + 1);
}

/**
 * A copy with one setting changed, from text as `--set` takes it: `sft.steps=10`, `grpo.depth_weights=1,2`.
 * Combinations are not checked.
 * @throws InputError for text without `=`, an unknown path or a value out of bounds.
 */
export function setPath(session: Session, assignment: string, where = '--set'): Session {
  const equals = assignment.indexOf('=');
  if (equals < 1) throw new InputError(`${where} is ${shown(assignment)}, expected path=value`);
  const path = assignment.slice(0, equals).trim();
  const { leaf } = knownLeaf(path, where);
  return withValue(session, path, readText(assignment.slice(equals + 1), leaf), where);
}

/**
 * A copy with settings changed, from texts as `setPath` takes them. Combinations are not checked.
 * @throws InputError with the first problem.
 */
export function setPaths(session: Session, assignments: readonly string[], where = '--set'): Session {
  // The task first: another one takes along what goes by it, and what it does not read is refused.
  const ordered = [...assignments].sort((a, b) => Number(isOfName(b)) - Number(isOfName(a)));
  return ordered.reduce((current, assignment) => setPath(current, assignment, where), session);
}

/**
 * The same, checked as a whole once all are in.
 * @throws InputError with the first problem.
 */
export function applySettings(session: Session, assignments: readonly string[], where = '--set'): Session {
  const changed = setPaths(session, assignments, where);
  checkSession(changed, assignments.length ? where : 'session');
  return changed;
}

const isOfName = (assignment: string): boolean => /^\s*task\.name\s*=/.test(assignment);

function knownLeaf(path: string, where: string): SessionLeaf {
  const known = leafAt(path);
  if (known) return known;
  const like = nearest(
    path,
    sessionLeaves.map((entry) => entry.path),
  );
  throw new InputError(`${where}: ${shown(path)} is no setting, expected one like ${like}`);
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Text to a value; text that is none of the leaf's kind stays text, for the schema to refuse with its own words. */
function readText(text: string, leaf: Leaf): unknown {
  const trimmed = text.trim();
  switch (leaf.kind) {
    case 'number':
    case 'integer':
      return NUMBER.test(trimmed) ? Number(trimmed) : text;
    case 'boolean':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : text;
    case 'integers': {
      const parts = trimmed.replace(/^\[(.*)\]$/, '$1').split(',');
      return parts.every((part) => NUMBER.test(part.trim())) ? parts.map(Number) : text;
    }
    case 'options':
      return trimmed.split(',').map((part) => part.trim());
    case 'option':
      return trimmed;
    case 'text':
      return text;
  }
}
