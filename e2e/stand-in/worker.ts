/**
 * A worker that plays a run from a script: for the page's own journeys, which need no engine, and for looking at the
 * page. It is bundled by the tests alone and is no part of the product.
 */
import type { LabApi, RunEvent, RunListener, SearchAnswer, SearchHit } from '../../src/host/browser/api';
import { Benchmark } from '../../src/host/browser/benchmark/benchmark';
import { exportRun, importRun } from '../../src/host/browser/runs/archive';
import type { KeptRun } from '../../src/host/browser/runs/kept-run';
import { RunStore } from '../../src/host/browser/runs/run-store';
import { serve } from '../../src/host/browser/wire';
import { broadcast, replay, watch } from '../../src/host/browser/viewer';
import type { RunRecords } from '../../src/host/browser/run-records';
import type { Session } from '../../src/config/session';
import { planStages, totalSteps, type StagePlan } from '../../src/config/stages';
import type { SessionSpeed, StepMetrics } from '../../src/records/records';
import { TaskFiles } from '../../src/host/browser/task-data';
import { publishedFolder } from '../../src/host/browser/published';
import { modelZip, trainedModel } from '../../src/host/browser/trained-model';
import { createTask } from '../../src/tasks/registry';
import { documentCard, findTraces, traceGroup, traceHistory } from '../../src/host/browser/trace-search';
import type { Task } from '../../src/tasks/task';
import type { RunState } from '../../src/training/session-run';
import { ScriptedGraph } from './graph';
import { arm, armsAt, costOf, metricsAt, skillAt, stageOf } from './script';
import { FEW, ScriptedTraces, type GroupSize } from './traces';

const PERIOD_MS = 60;
const STEPS_PER_PERIOD = 3;

interface Playing {
  /** Null for a run that is only looked at. */
  kept: KeptRun | null;
  session: Session;
  task: Task;
  traces: ScriptedTraces;
  graph: ScriptedGraph;
  listener: RunListener;
  stages: StagePlan[];
  total: number;
  step: number;
  timer: ReturnType<typeof setInterval> | undefined;
}

let playing: Playing | null = null;

function advance(run: Playing, count: number): void {
  const steps: StepMetrics[] = [];
  const events: RunEvent[] = [];
  for (let i = 0; i < count && run.step < run.total; i++) {
    run.step += 1;
    steps.push(metricsAt(run.stages, run.step));
    const { stage } = stageOf(run.stages, run.step);
    const { evaluation, checkpoint } = run.session;
    if (stage !== 'pretrain' && evaluation.every > 0 && run.step % evaluation.every === 0) {
      events.push({ kind: 'evaluation', point: { step: run.step, stage, arms: armsAt(run.stages, run.step) } });
      run.traces.addDev(run.step, skillAt(run.stages, run.step));
      events.push({ kind: 'recorded', what: 'dev', step: run.step });
    }
    if (stage === 'grpo') {
      run.traces.addGroups(run.step, skillAt(run.stages, run.step));
      events.push({ kind: 'recorded', what: 'traces', step: run.step });
      const tell = ({ step }: { step: number }): void => run.listener({ kind: 'recorded', what: 'graph', step });
      run.graph.refresh(run.step, tell);
    }
    if (checkpoint.every > 0 && run.step % checkpoint.every === 0) events.push({ kind: 'checkpoint', step: run.step });
  }
  run.kept?.addMetrics(steps);
  run.listener({ kind: 'metrics', steps, links: steps.map(({ step }) => linkAt(run.session, step)) });
  for (const event of events) {
    if (event.kind === 'evaluation') run.kept?.addEvaluation(event.point);
    if (event.kind === 'checkpoint') void run.kept?.saveState(stateAt(event.step, run.session));
    run.listener(event);
  }
  if (run.step < run.total) return;
  clearInterval(run.timer);
  void finish(run);
}

/** A step's link of a chain that is always the same; a title makes no other session, and so can stand for another adapter. */
const linkAt = ({ title }: Session, step: number): string =>
  `${title === 'other bits' && step > 200 ? 'f' : '0'}${step.toString(16).padStart(11, '0').split('').reverse().join('')}`;
const linksTo = (session: Session, step: number): string[] =>
  Array.from({ length: step }, (_, i) => linkAt(session, i + 1));

async function finish(run: Playing): Promise<void> {
  const arms = {
    ...armsAt(run.stages, run.step),
    gold: arm(0.95, 64),
    shuffled: arm(0.1, 64),
    bm25: arm(0.04, 64),
    fusion: arm(0.88, 64),
  };
  // A title makes no other session, and so can stand for another adapter.
  const fingerprint = linkAt(run.session, run.step).padEnd(64, 'ab12cd34');
  const evaluation = { dev: arms, test: arms };
  await run.graph.settled();
  await run.kept?.saveState(stateAt(run.step, run.session));
  await run.kept?.change({
    status: 'finished',
    evaluation,
    fingerprint: { fingerprint, steps: linksTo(run.session, run.step) },
  });
  run.kept?.close();
  run.listener({ kind: 'finished', evaluation, fingerprint });
  run.listener({ kind: 'status', status: 'finished' });
}

/** As much of a state as a script needs to go on. */
const stateAt = (step: number, session?: Session): RunState => ({
  step,
  weights: [Float32Array.of(step)],
  stage: null,
  base: null,
  fingerprint: { chain: '', steps: session ? linksTo(session, step) : [] },
});

const store = RunStore.open();

/** As large as the session says, where journeys need few. */
const wholeBatch = ({ grpo }: Session): GroupSize => ({
  queries: grpo.batch_size,
  completions: grpo.num_generations,
});

/** As many documents as a session's title asks for, more than any task has. */
function withDocuments(task: Task, count: number): Task {
  const documents = Array.from({ length: count }, (_, at) => {
    const document = task.documents[at % task.documents.length]!;
    return { ...document, id: `${document.id}-${Math.floor(at / task.documents.length)}` };
  });
  return new Proxy(task, {
    get: (target, key): unknown => (key === 'documents' ? documents : Reflect.get(target, key, target)),
  });
}

/** Takes a run up where it is shown from now on. */
async function show(
  id: string,
  session: Session,
  kept: KeptRun | null,
  listener: RunListener,
  step: number,
): Promise<Playing> {
  const { title } = session;
  const made = createTask(session.task, session.seed, await files.of(session.task));
  const many = /^(\d+) documents$/.exec(title)?.[1];
  const task = many === undefined ? made : withDocuments(made, Number(many));
  const stages = planStages(session);
  const total = totalSteps(session);
  const records = kept ? kept.records : await (await store).records(id);
  const traces = new ScriptedTraces(task, records, title === 'all completions' ? wholeBatch(session) : FEW);
  const graph = new ScriptedGraph(task, session, records);
  playing = { kept, session, task, traces, graph, listener, stages, total, step, timer: undefined };
  return playing;
}

async function begin(kept: KeptRun, listener: RunListener, step: number): Promise<string> {
  const { session } = kept.about;
  const run = await show(kept.id, session, kept, broadcast(kept.id, listener).listener, step);
  run.listener({ kind: 'status', status: 'preparing' });
  const { parameters } = costOf(session);
  const { stages, total, task } = run;
  const plan = { stages, totalSteps: total, documents: task.documents.length, parameters, vocabulary: 120 };
  await kept.change({ plan, status: 'going', reason: null });
  run.listener({ kind: 'started', plan });
  play(run);
  return kept.id;
}

/** Lets go of the run that plays. */
async function letGo(): Promise<void> {
  const run = playing;
  clearInterval(run?.timer);
  if (!run?.kept || run.kept.about.status !== 'going') return;
  await run.kept.saveState(stateAt(run.step, run.session));
  await run.kept.change({ status: 'stopped' });
  run.kept.close();
}

function play(run: Playing): void {
  clearInterval(run.timer);
  run.timer = setInterval(() => {
    // A step waits for the refresh of the last, as in training.
    if (run.graph.pending === 0) advance(run, STEPS_PER_PERIOD);
  }, PERIOD_MS);
  run.listener({ kind: 'status', status: 'running' });
}

const current = (): Playing => {
  if (!playing) throw new Error('there is no run');
  return playing;
};

function hits(task: Task, relevant: readonly number[], place: number): SearchHit[] {
  const wanted = relevant[0] ?? 0;
  return Array.from({ length: 10 }, (_, at) => {
    const document = at === place ? wanted : (wanted + 3 * (at + 1) + (place === 0 ? 0 : 6)) % task.documents.length;
    const { id, text, group } = task.documents[document]!;
    return { document, id, text, group, score: 0.94 - 0.06 * at, relevant: document === wanted };
  });
}

let stopMeasuring: () => void = () => undefined;

/** Takes as long as the title says, so that a journey can cancel it. */
function measured(session: Session): Promise<SessionSpeed | null> {
  const milliseconds = { pretrain: 10, sft: 20, grpo: 100 };
  const speed = {
    stages: planStages(session).map(({ stage }) => ({ stage, milliseconds: milliseconds[stage] })),
    gpuBytes: 12_000_000,
    evaluation: 50,
  };
  return new Promise((resolve) => {
    stopMeasuring = () => resolve(null);
    if (session.title !== 'slow to measure') setTimeout(() => resolve(speed), 300);
  });
}

let files = new TaskFiles(self.location.href);

/** BM25 needs no model, and so no stand-in. */
const benchmark = new Benchmark({ current: () => null, open: () => Promise.reject(new Error('no model')) });

/** The records of the run that is shown: its own while it is written, and what was kept of it afterwards. */
async function recordsNow(): Promise<RunRecords> {
  const { kept, traces } = current();
  if (!kept || kept.about.status === 'going') return traces.records;
  const records = await (await store).records(kept.id);
  await records.look();
  return records;
}

const api: LabApi = {
  open: (page) => {
    files = new TaskFiles(page);
  },
  ping: () => undefined,
  device: {
    adapter: () =>
      Promise.resolve({
        vendor: 'stand-in',
        architecture: 'script',
        description: 'A scripted run',
        software: true,
        features: ['timestamp-query', 'shader-f16'],
        limits: { maxBufferSize: 268_435_456, maxStorageBufferBindingSize: 134_217_728, maxComputeWorkgroupSizeX: 256 },
        capacity: [],
      }),
    check: () => Promise.resolve(null),
    cancelCheck: () => Promise.resolve(),
    cost: (session) => Promise.resolve(costOf(session)),
    measure: (session) => measured(session),
    cancelMeasure: () => {
      stopMeasuring();
      return Promise.resolve();
    },
  },
  run: {
    start: async (session, listener, origin = {}) => {
      await letGo();
      if (session.title === 'fail') throw new Error('the device was lost: the driver reset it');
      return begin(await (await store).create(session, origin, 'stand-in script'), listener, 0);
    },
    resume: async (run, listener) => {
      await letGo();
      const kept = await (await store).take(run);
      if (!kept) throw new Error('This run goes on in another tab: close it there first');
      const state = await kept.restore();
      const links = linksTo(kept.about.session, state?.step ?? 0);
      await replay(await (await store).get(run), kept.records, listener, links, kept.about.checkpoints);
      await begin(kept, listener, state?.step ?? 0);
    },
    open: async (run, listener) => {
      await letGo();
      const stored = await (await store).get(run);
      if (!stored.run) throw new Error('This run cannot be read');
      const { session, evaluation, fingerprint } = stored.run;
      await show(run, session, null, listener, 0);
      const past = async () =>
        replay(stored, await (await store).records(run), listener, await (await store).links(run));
      if (stored.state === 'held') {
        await watch(run, listener, past);
        return { elsewhere: true };
      }
      await past();
      if (evaluation && fingerprint) listener({ kind: 'finished', evaluation, fingerprint });
      listener({ kind: 'status', status: stored.state === 'unreadable' ? 'failed' : stored.state });
      return { elsewhere: false };
    },
    refitPicture: () => Promise.resolve(false),
    pause: () => {
      const run = current();
      clearInterval(run.timer);
      run.listener({ kind: 'status', status: 'paused' });
      return Promise.resolve();
    },
    unpause: () => {
      play(current());
      return Promise.resolve();
    },
    step: () => {
      const run = current();
      clearInterval(run.timer);
      run.listener({ kind: 'status', status: 'paused' });
      advance(run, 1);
      return Promise.resolve();
    },
    stop: async () => {
      await letGo();
      current().listener({ kind: 'status', status: 'stopped' });
    },
  },
  runs: {
    list: async () => (await store).list(),
    storage: async () => (await store).report(),
    describe: async (run, changes) => (await store).change(run, changes),
    remove: async (run) => (await store).delete(run),
    whenFree: async (run) => (await store).free(run),
    restore: async (run) => (await store).undelete(run),
    curves: async (run) => (await store).curves(run),
    export: async (run) => exportRun(await store, run),
    model: async (run) => modelZip(await trainedModel(await store, files, run)),
    import: async (file) => importRun(await store, file),
    publish: async (run, name) => publishedFolder(name, await exportRun(await store, run)),
    visit: () => Promise.reject(new Error('the script visits nothing')),
    keep: () => Promise.reject(new Error('the script visits nothing')),
  },
  model: {
    steps: () => Promise.resolve([...current().traces.models]),
    map: () => Promise.reject(new Error('a scripted run has no model to draw a map by')),
    think: (_, request) => Promise.resolve(current().traces.think(request, current().step)),
    search: (query): Promise<SearchAnswer> => {
      const { task, step } = current();
      const parsed = task.parse(query);
      if (!parsed) throw new Error(`"${query}" is not one of the task's queries`);
      const trace = parsed.trace.split(' ');
      const wrong = trace.slice(0, -1).concat(trace[1] ?? '');
      const verdict = task.judge(parsed, wrong.join(' '));
      const relevant = parsed.relevant.map(({ document }) => document);
      return Promise.resolve({
        step,
        query,
        trace: wrong,
        emitted: true,
        hops: verdict.hops,
        thinking: current().traces.think({ query, ids: null, step: null }, step),
        reasoning: hits(task, relevant, 0),
        direct: hits(task, relevant, 6),
        rank: { reasoning: 1, direct: 7 },
        milliseconds: 42,
      });
    },
    document: (document) => Promise.resolve(documentCard(current().task, document)),
    examples: (count) => {
      const queries = current()
        .task.heldOut('dev', count)
        .filter(({ depth }) => depth > 1);
      return Promise.resolve(queries.slice(0, count).map(({ text }) => text));
    },
  },
  records: {
    documents: (_run, from, count) => {
      const found = current().task.documents.slice(from, from + count);
      return Promise.resolve(found.map((document, i) => ({ document: from + i, ...document })));
    },
    graphStart: async () => (await recordsNow()).graphStart(),
    steps: async () => (await recordsNow()).steps(),
    traces: async (_, filter, from) => findTraces(await recordsNow(), current().task, filter, from),
    traceGroup: async (_, step, query, kind) => traceGroup(await recordsNow(), current().task, step, query, kind),
    traceHistory: async (_, query) => traceHistory(await recordsNow(), current().task, query),
    refresh: async (_, step) => (await recordsNow()).refresh(step),
    positions: async (_, step) => (await recordsNow()).positions(step),
  },
  bench: benchmark,
};

serve(api);
