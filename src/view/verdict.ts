import { diffSession } from '../config/edit-session';
import { partsSentence } from '../config/micro-batches';
import { FIRST_NUMERICS, numericsSentence } from '../config/numerics';
import type { Session } from '../config/session';
import { totalSteps } from '../config/stages';
import type { Claim } from '../records/claim';
import type { Evaluation } from '../records/records';
import { compareMarks } from '../records/marks';
import { toleranceSentence, withinTolerance } from '../records/reproduction';
import { ARMS, withoutReasoning } from './arms';
import { formatScore, plural } from './format';

/** The result of this run, which is compared with the claim. */
export interface Found {
  session: Session;
  fingerprint: string;
  /** See `config/numerics.ts`. */
  numerics: number;
  evaluation: Evaluation | null;
  adapter: string;
  /** Links of the fingerprint, by step from step 1; empty where they were not kept. */
  links?: readonly (string | undefined)[];
}

export interface VerdictRow {
  /** The metric's name, as the link spells it. */
  name: string;
  label: string;
  claimed: number;
  /** This run's value; undefined where it was not measured. */
  found: number | undefined;
}

export type Verdict =
  | { kind: 'edited'; text: string }
  | { kind: 'reproduced' | 'different'; title: string; text: string; rows: VerdictRow[] };

/** Number of decimals in a claim. */
const DECIMALS = 4;
const WHOLE_FINGERPRINT = 64;
const NO_EDIT = new Set(['title', 'model.micro_batches']);
const METRIC = 'ndcg_cut_10/';

const rounded = (value: number): number => Number(value.toFixed(DECIMALS));

/**
 * The headline metrics of a result under the names that a claim uses, on the test split, or dev where there is none.
 */
export function headlineMetrics(evaluation: Evaluation | null): Record<string, number> {
  const arms = evaluation?.test ?? evaluation?.dev ?? {};
  const metrics: Record<string, number> = {};
  if (arms.reasoning) metrics[`${METRIC}reasoning`] = rounded(arms.reasoning.ndcg_cut_10);
  const other = withoutReasoning(arms);
  if (other) metrics[`${METRIC}without`] = rounded(other.ndcg_cut_10);
  return metrics;
}

/** The name of an adapter in a claim. */
export const adapterName = ({ vendor, architecture }: { vendor: string; architecture: string }): string =>
  [vendor, architecture].filter(Boolean).join(' ');

/**
 * How a running run agrees so far with the claim of its link: a heading and a text, or a text alone where nothing
 * differs yet.
 */
export function standingOf(session: Session, claimed: Claim, { links, adapter }: Pick<Found, 'links' | 'adapter'>) {
  const { marks } = claimed;
  const atEnd = 'At its end its fingerprint is compared with the one that the link claims.';
  if (marks === undefined) return { kind: 'open' as const, text: atEnd };
  const { agrees, parted, next } = compareMarks(marks, totalSteps(session), links ?? []);
  if (parted !== null) {
    return {
      kind: 'different' as const,
      title: `It drifts from the link’s run ${between(agrees, parted)}.`,
      text: `${whyDifferent(claimed.adapter, adapter)} Whether it stays within the tolerance is known at its end.`,
    };
  }
  const soon = next === null ? atEnd : `The next comparison is at step ${next}.`;
  if (agrees === 0) return { kind: 'open' as const, text: `Not compared with the link’s run yet. ${soon}` };
  return {
    kind: 'reproduced' as const,
    title: `Reproduced bit for bit up to step ${agrees}, and going on.`,
    text: soon,
  };
}

const between = (agrees: number, parted: number): string =>
  agrees === 0 ? `at step ${parted} or before` : `between steps ${agrees} and ${parted}`;

function whereParted({ marks }: Claim, { session, links }: Found): string {
  if (marks === undefined || !links) return '';
  const { agrees, parted } = compareMarks(marks, totalSteps(session), links);
  return parted === null ? '' : `The two parted ${between(agrees, parted)}.`;
}

/** Whether a finished run agrees with the claim of its link. `opened` is the link's session; titles do not count. */
export function verdictOf(opened: Session, claimed: Claim, found: Found): Verdict {
  // A run whose device had no room continues in more micro-batches by itself: that is no edit.
  const changes = diffSession(opened, found.session).filter(({ path }) => !NO_EDIT.has(path)).length;
  if (changes > 0) {
    return {
      kind: 'edited',
      text: `No verdict on the link’s result: the session was edited after it was opened, in ${plural(changes, 'setting')}.`,
    };
  }
  const rows = rowsOf(claimed, found.evaluation);
  if (!found.fingerprint.startsWith(claimed.fingerprint)) {
    return {
      kind: 'different',
      title: 'The link’s result came out differently.',
      text: [
        whereParted(claimed, found),
        howFar(rows),
        tolerance(found.session, rows),
        numericsSentence(claimed.numerics ?? FIRST_NUMERICS, found.numerics) ??
          partsSentence(claimed.micro_batches ?? 1, found.session.model.micro_batches) ??
          whyDifferent(claimed.adapter, found.adapter),
      ]
        .filter(Boolean)
        .join(' '),
      rows,
    };
  }
  return {
    kind: 'reproduced',
    title: 'The link’s result was reproduced bit for bit.',
    text: whatAgrees(claimed, rows),
    rows,
  };
}

function rowsOf({ metrics }: Claim, evaluation: Evaluation | null): VerdictRow[] {
  const own = headlineMetrics(evaluation);
  const arms = evaluation?.test ?? evaluation?.dev ?? {};
  const measured = (name: string): number | undefined => {
    if (name in own) return own[name];
    const arm = Object.entries(arms).find(([key]) => name === METRIC + key);
    return arm && rounded(arm[1].ndcg_cut_10);
  };
  return Object.entries(metrics).map(([name, claimed]) => ({
    name,
    label: labelOf(name),
    claimed: rounded(claimed),
    found: measured(name),
  }));
}

function labelOf(name: string): string {
  if (!name.startsWith(METRIC)) return name;
  const arm = name.slice(METRIC.length);
  if (arm === 'without') return `nDCG@10, ${ARMS.direct.label}`;
  const known = Object.entries(ARMS).find(([key]) => key === arm);
  return known ? `nDCG@10, ${known[1].label}` : name;
}

const differs = ({ claimed, found }: VerdictRow): boolean => found !== undefined && found !== claimed;

function whatAgrees({ fingerprint }: Claim, rows: readonly VerdictRow[]): string {
  const digits = fingerprint.length;
  const all =
    digits < WHOLE_FINGERPRINT
      ? `The fingerprint of all steps agrees in the ${digits} digits that the link holds.`
      : 'The fingerprint of all steps is the same.';
  return rows.some(differs)
    ? `${all} The numbers below are not: they were evaluated otherwise, or the link was changed by hand.`
    : all;
}

function tolerance(session: Session, rows: readonly VerdictRow[]): string {
  if (!rows.some(differs)) return '';
  const pairs = rows.flatMap(({ claimed, found }) => (found === undefined ? [] : [[claimed, found] as const]));
  const isWithin = withinTolerance(session, [], pairs);
  return isWithin === null ? '' : toleranceSentence(session, isWithin, false);
}

function howFar(rows: readonly VerdictRow[]): string {
  const compared = rows.filter(({ found }) => found !== undefined);
  if (compared.length === 0) return 'The fingerprints differ; the link claims no number to compare.';
  if (!compared.some(differs)) return 'The steps’ numbers are not the same bits, and yet the result is the same.';
  const largest = Math.max(...compared.map(({ claimed, found = claimed }) => Math.abs(found - claimed)));
  return `The result differs by at most ${formatScore(largest) === '0.000' ? largest.toFixed(DECIMALS) : formatScore(largest)}.`;
}

function whyDifferent(claimed: string, found: string): string {
  if (claimed === '' || found === '') {
    return 'Not both adapters are known; another adapter may differ in the last bits, and training lets that grow.';
  }
  return claimed === found
    ? `Both ran on ${found}, where the same bits are expected; another version of the page, the browser or the driver can be why.`
    : `It was claimed on ${claimed} and ran here on ${found}: another adapter may differ in the last bits, and training lets that grow.`;
}

/** The difference to a claim: `+0.0123`, `−0.0004`, `0`. */
export function formatClaimDifference({ claimed, found }: VerdictRow): string {
  if (found === undefined) return '–';
  const difference = rounded(found - claimed);
  if (difference === 0) return '0';
  return `${difference > 0 ? '+' : '−'}${Math.abs(difference).toFixed(DECIMALS)}`;
}

/** A figure as a claim writes it. */
export const formatClaimed = (value: number | undefined): string =>
  value === undefined ? 'not measured' : value.toFixed(DECIMALS).replace('-', '−');
