import { withValue } from '../config/edit-session';
import { inPartsFrom, sessionAfter, type RunSession } from '../config/micro-batches';
import type { Session } from '../config/session';
import { planStages } from '../config/stages';
import { CodedError } from '../lib/errors';

/** A run whose device had no room for its step. */
export interface WithoutRoom {
  run: RunSession;
  /** Its last state: steps done, and the chain's link there; null where it has none. */
  state: { step: number; link: string } | null;
  /** Bytes on the GPU that a session takes at most. */
  cost: (session: Session) => Promise<number>;
  /** How many of this many bytes a device like it grants; an estimate. */
  granted: (bytes: number) => Promise<number>;
}

/** The smallest batches that settings allow. */
const LEAST = { pretrain: 1, sft: 2, grpo: 1 } as const;

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;

/**
 * What the run continues as: in twice as many micro-batches from its last state on, or in as many as what is granted asks for.
 * @throws CodedError where more of them take no less: what would fit, as far as that can be told.
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

/** Settings with which the session fits into what is granted, in words. */
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

/** The session with batches of a half, a quarter and so on in its stages, as far as that goes. */
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
