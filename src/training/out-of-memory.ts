import { withValue } from '../config/edit-session';
import { inPartsFrom, sessionAfter, type RunSession } from '../config/micro-batches';
import type { Session } from '../config/session';
import { planStages } from '../config/stages';
import { CodedError } from '../lib/errors';

/** A run that stopped because its device had no memory for its step. */
export interface WithoutRoom {
  run: RunSession;
  /** The run's last state: steps done, and the fingerprint's link there; null where it has none. */
  state: { step: number; link: string } | null;
  /** Computes the most bytes on the GPU that a session takes. */
  cost: (session: Session) => Promise<number>;
  /** Estimates how many of these bytes a device like this one grants. */
  granted: (bytes: number) => Promise<number>;
}

/** The smallest batches that settings allow. */
const LEAST = { pretrain: 1, sft: 2, grpo: 1 } as const;

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;

/**
 * Makes the session that continues the run from its last state: with twice as many micro-batches, or with as many as
 * the granted memory needs.
 * @throws CodedError where more micro-batches take no less memory; it says what would fit, as far as that can be
 * computed.
 */
export async function withMoreParts(o: WithoutRoom): Promise<{ run: RunSession; parts: number }> {
  const { step, link } = o.state ?? { step: 0, link: '' };
  const now = sessionAfter(o.run, step);
  const needed = await o.cost(now);
  const granted = await o.granted(needed);
  let best: { run: RunSession; parts: number } | null = null;
  let least = needed;
  for (let parts = 2 * now.model.micro_batches; parts <= 4096; parts *= 2) {
    const run = inPartsFrom(o.run, step, parts, link);
    const bytes = run ? await o.cost(sessionAfter(run, step)) : Infinity;
    if (!run || bytes >= least) break;
    best = { run, parts };
    least = bytes;
    if (bytes <= granted) break;
  }
  if (best) return best;
  const fits = await whatFits(now, granted, o.cost);
  throw new CodedError(
    `the GPU has no room for this run even where it computes as few sequences at once as it can (model.micro_batches=${now.model.micro_batches}): it takes ${megabytes(needed)}, of which about ${megabytes(granted)} were granted; ${fits}`,
    'out-of-memory',
  );
}

/** Says with which settings the session fits into the granted memory. */
async function whatFits(session: Session, granted: number, cost: WithoutRoom['cost']): Promise<string> {
  const again = withValue(session, 'model.activations', 'recompute');
  const batches = smallerBatches(session);
  const candidates = [again, ...batches, ...smallerBatches(again)];
  for (const candidate of candidates) {
    const bytes = await cost(candidate);
    if (bytes <= granted && bytes < (await cost(session)))
      return `what would fit: ${changesOf(session, candidate)} (${megabytes(bytes)})`;
  }
  return 'no smaller batch of it fits either, expected a smaller model or a GPU with more memory';
}

/** The session with batches of a half, a quarter and so on, down to the smallest in every stage. */
function smallerBatches(session: Session): Session[] {
  const smaller: Session[] = [];
  const stages = planStages(session).map(({ stage }) => stage);
  const sizes = new Map(stages.map((stage) => [stage, session[stage].batch_size]));
  while (stages.some((stage) => sizes.get(stage)! > LEAST[stage])) {
    for (const stage of stages) sizes.set(stage, Math.max(LEAST[stage], Math.floor(sizes.get(stage)! / 2)));
    smaller.push(stages.reduce((made, stage) => withValue(made, `${stage}.batch_size`, sizes.get(stage)), session));
  }
  return smaller;
}

function changesOf(session: Session, candidate: Session): string {
  const { activations } = candidate.model;
  const again = activations === session.model.activations ? [] : [`model.activations=${activations}`];
  const batches = planStages(session).flatMap(({ stage }) =>
    candidate[stage].batch_size === session[stage].batch_size
      ? []
      : [`${stage}.batch_size=${candidate[stage].batch_size}`],
  );
  return [...again, ...batches].join(' ');
}
