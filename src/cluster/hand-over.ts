import { planStages, type StagePlan } from '../config/stages';
import type { Session } from '../config/session';
import { ADAPTER_WEIGHTS } from '../formats/peft';
import { writeSafetensors } from '../formats/safetensors';
import type { FileContents } from '../formats/streamed-checkpoint';
import { InputError } from '../lib/errors';
import { sha256 } from '../lib/hash';
import type { StepMetrics } from '../records/records';
import { sessionHash } from '../session/session-hash';
import type { QuerySplit, Task, TaskQuery } from '../tasks/task';
import { checkContext, tokensOf, type Base } from '../training/base';
import { isTaught, type TeacherVectors } from '../training/teacher';
import type { RunState } from '../training/session-run';
import { Sentences } from '../training/stages/pretrain-batch';
import { sessionBatches } from './batches';
import { clusterFiles } from './cluster-files';
import { ADAPTER_FOLDER, streamHash, MODEL_WEIGHTS, startFiles } from './start-files';

/** `hand-over.json`: what a folder on a cluster is, and what its training must keep to. */
export interface HandOver {
  format: 1;
  kind: 'search-r3-lab/accelerate';
  /** The hash of the session that a run which comes back must have. */
  session: string;
  /** The task's content hash. */
  task: string;
  /** SHA-256 of the weights in `model/`: the start model's, or those of the base that is adapted. */
  model: string;
  /** SHA-256 of the start adapter's weights; null where all of the model is trained. */
  adapter: string | null;
  /** SHA-256 of `teacher.safetensors`; absent where stage 1 learns from no teacher. */
  teacher?: string;
  /** Steps that the lab has trained. */
  step: number;
  stages: StagePlan[];
  embed_token_id: number;
  pad_token_id: number;
}

export const HAND_OVER_FORMAT = 1;
export const HAND_OVER_KIND = 'search-r3-lab/accelerate';

/** The model that a cluster begins with. */
export interface StartModel extends Pick<RunState, 'step'> {
  /** The trained tensors' pages, as a run's state keeps them; null for a base before its first step. */
  weights: readonly Float32Array[] | null;
  /** The metrics of the steps before it. */
  metrics: readonly StepMetrics[];
}

/** Steps that the lab trains before it hands over: all of stage 0. */
export const stepsBefore = (session: Session): number => session.pretrain.steps;

/**
 * Whether a cluster can begin from a run's state after `step`: at the end of a stage that is not the last, with stage 0
 * done.
 */
export function canBeginAt(session: Session, step: number): boolean {
  const ends = planStages(session).map(({ firstStep, steps }) => firstStep + steps - 1);
  return step >= stepsBefore(session) && ends.slice(0, -1).includes(step);
}

/** @throws InputError for a session that a cluster cannot go on with. */
export function checkHandOver(session: Session): void {
  if (session.sft.steps + session.grpo.steps === 0) {
    throw new InputError('session: stages 1 and 2 have no steps, expected some for the cluster to run');
  }
  if (session.model.fp16) {
    throw new InputError('model.fp16: true, expected false: a cluster computes as the lab does in f32');
  }
  if (session.grpo.steps > 0 && session.grpo.advantage !== 'group') {
    throw new InputError(
      `grpo.advantage: ${session.grpo.advantage}, expected group: stage 2 on a cluster compares completions with their group alone`,
    );
  }
  if (session.grpo.steps > 0 && session.grpo.contrastive_weight > 0) {
    throw new InputError(
      `grpo.contrastive_weight: ${session.grpo.contrastive_weight}, expected 0: stage 2 on a cluster has no contrastive term`,
    );
  }
}

/**
 * The folder that goes to a cluster: data, batches, start model, session, programs. Needs no device.
 * @param task of the session, as `taskOf` gives it.
 * @param start the session's model after `step` steps of it.
 * @param base that the session starts from, where it names one.
 * @param teacher embeddings of the teacher of stage 1, where the session names one: the cluster has no need of the model.
 * @returns contents by path.
 * @throws InputError for a session that a cluster cannot go on with, or whose base is missing or too short for its texts.
 */
export async function handOverFiles(
  session: Session,
  task: Task,
  { weights, step, metrics }: StartModel,
  base: Base | null = null,
  teacher: TeacherVectors | null = null,
): Promise<Map<string, FileContents>> {
  checkHandOver(session);
  if (isTaught(session) !== (teacher !== null)) throw new Error('a teacher goes with a session that names one');
  const tokens = tokensOf(session, task, base);
  if (base) checkContext(session, base, tokens);
  const batches = sessionBatches({ session, task, tokens, sentences: new Sentences(task, tokens) });
  const text = (name: string, contents: string): void => void files.set(name, new TextEncoder().encode(contents));
  const lines = (name: string, items: readonly unknown[]): void =>
    text(name, items.map((item) => `${JSON.stringify(item)}\n`).join(''));

  const files = await startFiles(session, task, weights, base);
  const adapter = files.get(`${ADAPTER_FOLDER}/${ADAPTER_WEIGHTS}`);
  const texts = teacher && embeddingsFile(teacher);
  if (texts) files.set('teacher.safetensors', texts);
  const about: HandOver = {
    format: HAND_OVER_FORMAT,
    kind: HAND_OVER_KIND,
    session: sessionHash(session),
    task: task.hash,
    model: await streamHash(files.get(MODEL_WEIGHTS)!),
    adapter: adapter ? await streamHash(adapter) : null,
    ...(texts ? { teacher: sha256(texts) } : {}),
    step,
    stages: planStages(session).filter(({ firstStep }) => firstStep > step),
    embed_token_id: tokens.embed,
    pad_token_id: base ? (base.tokenizer.padTokenId ?? tokens.embed) : task.vocabulary.indexOf(task.specials.pad),
  };
  text('hand-over.json', `${JSON.stringify(about, null, 2)}\n`);
  text('session.json', `${JSON.stringify(session, null, 2)}\n`);

  lines('before/metrics.jsonl', metrics);
  lines('batches/sequences.jsonl', batches.sequences);
  lines('batches/prompts.jsonl', batches.prompts);
  lines('batches/documents.jsonl', tokens.documents);
  lines('batches/sft.jsonl', batches.sft);
  lines('batches/grpo.jsonl', batches.grpo);

  const perDepth = session.evaluation.final_queries_per_depth;
  const splits: Record<QuerySplit, TaskQuery[]> = {
    train: batches.queries,
    dev: task.heldOut('dev', perDepth),
    test: task.heldOut('test', perDepth),
  };
  lines(
    'data/corpus.jsonl',
    task.documents.map(({ id, title, text: body }) => ({ _id: id, title: title ?? '', text: body })),
  );
  const names = uniqueNames(Object.values(splits).flat());
  const named = Object.entries(splits).flatMap(([split, queries]) =>
    queries.map((query) => ({ split, id: names.get(keyOf(query))!, query })),
  );
  lines(
    'data/queries.jsonl',
    // What is asked over one hop is held out nowhere, so that splits share it.
    [...new Map(named.map(({ id, query }) => [id, { _id: id, text: query.text }])).values()],
  );
  for (const split of Object.keys(splits)) {
    const rows = named
      .filter((query) => query.split === split)
      .flatMap(({ id, query }) =>
        query.relevant.map(({ document, grade }) => `${id}\t${task.documents[document]!.id}\t${grade}\n`),
      );
    text(`data/qrels/${split}.tsv`, `query-id\tcorpus-id\tscore\n${rows.join('')}`);
  }
  lines(
    'data/traces.jsonl',
    named.map(({ id, split, query: { depth, trace, supervised } }) => ({ query: id, split, depth, trace, supervised })),
  );
  for (const [name, contents] of clusterFiles(session)) text(name, contents);
  return files;
}

/** A teacher's embeddings as a file: `texts` (n, channels), in the order in which the batches name them. */
const embeddingsFile = ({ channels, rows }: TeacherVectors): Uint8Array =>
  writeSafetensors(new Map([['texts', { shape: [rows.length / channels, channels], data: rows }]]));

const keyOf = ({ id, text }: TaskQuery): string => `${id}\n${text}`;

/** A name for each query: passages that are drawn from one document share its id. */
function uniqueNames(queries: readonly TaskQuery[]): Map<string, string> {
  const times = new Map<string, number>();
  const names = new Map<string, string>();
  for (const query of queries) {
    if (names.has(keyOf(query))) continue;
    const before = times.get(query.id) ?? 0;
    times.set(query.id, before + 1);
    names.set(keyOf(query), before === 0 ? query.id : `${query.id}#${before}`);
  }
  return names;
}
