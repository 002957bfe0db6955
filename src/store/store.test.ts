import { valueAt } from '../config/session-paths';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { LabClient, RunEvent, RunListener } from '../host/browser/api';
import { withValue } from '../config/edit-session';
import type { Session } from '../config/session';
import type { StepMetrics } from '../records/records';
import { lab } from './lab';
import { usePage } from './page';
import { Pace } from './pace';
import { useBusy, useRun, type Ran, type ShownRun } from './run';
import { useSelection } from './selection';
import { changesFrom, nearestPreset, presetOf, useSession } from './session';
import { isRunShown } from './shown';
import { runTime, speedOf } from './speed';
import { MetricStreams, streams } from './streams';
import { createTicker } from './ticker';
import { useToasts } from './toasts';

const steps = (from: number, count: number, stage: StepMetrics['stage'] = 'sft'): StepMetrics[] =>
  Array.from({ length: count }, (_, at) => ({ step: from + at, stage, loss: 1 / (from + at), odd: from + at }));

describe('streams', () => {
  test('keep columns past their first size, with gaps where a metric was missing', () => {
    const kept = new MetricStreams();
    kept.append(steps(1, 1500, 'pretrain'));
    kept.append([{ step: 1501, stage: 'sft', loss: 5, late: 7 }]);
    expect(kept.length).toBe(1501);
    expect(kept.lastStep()).toBe(1501);
    expect(kept.column('late')!.slice(1498)).toEqual(Float64Array.of(NaN, NaN, 7));
    expect(kept.latest('odd')).toBe(1500);
    expect(kept.indexOf(1200)).toBe(1199);
    expect(kept.indexOf(0)).toBe(-1);
    expect(kept.stageStarts()).toEqual([1, 1501]);
    expect(kept.row(1500)).toEqual({ step: 1501, stage: 'sft', values: [['loss', 5], ['late', 7]] }); // prettier-ignore
    kept.clear();
    expect([kept.length, kept.names().length, kept.lastStep(), kept.stageStarts().length]).toEqual([0, 0, 0, 0]);
  });
  test('tell who listens, until they leave', () => {
    const kept = new MetricStreams();
    const heard = vi.fn();
    const leave = kept.subscribe(heard);
    kept.append(steps(1, 1));
    leave();
    kept.append(steps(2, 1));
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

test('a ticker beats at most once an interval, and once after the last change', () => {
  vi.useFakeTimers();
  const kept = new MetricStreams();
  const ticker = createTicker(kept.subscribe, 250);
  const heard = vi.fn();
  ticker.subscribe(heard);
  for (let step = 1; step <= 100; step++) {
    kept.append(steps(step, 1));
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(1000);
  expect(heard.mock.calls.length).toBeGreaterThanOrEqual(4);
  expect(heard.mock.calls.length).toBeLessThanOrEqual(5);
  vi.useRealTimers();
});

test('pace weighs steps by their tokens and leaves pauses out', () => {
  const plan = {
    stages: [
      { stage: 'pretrain' as const, firstStep: 1, steps: 10 },
      { stage: 'sft' as const, firstStep: 11, steps: 10 },
    ],
    totalSteps: 20,
    documents: 1,
    parameters: 1,
    vocabulary: 1,
  };
  const pace = new Pace(plan, { pretrain: 1, sft: 3 });
  expect(pace.left()).toBeUndefined();
  pace.note(steps(1, 1, 'pretrain'), 0);
  pace.note(steps(2, 9, 'pretrain'), 900);
  // 9 tokens in 900 ms; 30 are left.
  expect(pace.left()).toBeCloseTo(3000);
  pace.rest();
  expect(pace.left()).toBeUndefined();
});

describe('the session', () => {
  beforeEach(() => {
    useSession.setState({ session: presetOf('kin-quick'), preset: 'kin-quick', drafts: {} });
    useToasts.setState({ toasts: [] });
  });

  test('text that is no value is a draft with its error until it is mended', () => {
    useSession.getState().type('task.entities', '9999');
    expect(useSession.getState().drafts['task.entities']?.error).toBe('Expected a whole number between 4 and 256.');
    expect(valueAt(useSession.getState().session, 'task.entities')).toBe(32);
    useSession.getState().type('task.entities', '64');
    expect(useSession.getState().drafts).toEqual({});
    expect(valueAt(useSession.getState().session, 'task.entities')).toBe(64);
    useSession.getState().reset('task.entities');
    expect(changesFrom(presetOf('kin-quick'), useSession.getState().session)).toEqual([]);
  });

  test('a preset loaded over changes can be undone', () => {
    useSession.getState().edit('seed', 9);
    useSession.getState().loadPreset('kin');
    expect(valueAt(useSession.getState().session, 'task.entities')).toBe(64);
    useToasts.getState().toasts[0]!.action!.run();
    expect([useSession.getState().preset, useSession.getState().session.seed]).toEqual(['kin-quick', 9]);
  });

  test('a session is counted against the preset nearest to it', () => {
    expect(nearestPreset(presetOf('kin-direct'))).toBe('kin-direct');
  });
});

describe('what was measured of a session', () => {
  const session = presetOf('kin-quick');
  const stages = [
    { stage: 'pretrain' as const, milliseconds: 10 },
    { stage: 'sft' as const, milliseconds: 20 },
  ];
  const measured = { session, speed: { stages, evaluation: 5 } };
  const known = (change: Partial<Session>) => speedOf({ ...session, ...change }, measured) !== null;

  test('holds where the steps stay the same, whatever their number', () => {
    expect(known({})).toBe(true);
    const longer = { ...session, seed: 9, sft: { ...session.sft, steps: 50 } };
    expect(speedOf(longer, measured)).toBe(measured.speed);
    // Steps 210 and 230, and the evaluation at the end: both splits, twice as many queries.
    expect(runTime(longer, measured.speed)).toBe(10 * session.pretrain.steps + 20 * 50 + 5 * (2 + 4));
  });

  test('is nothing for other steps, and for a stage that was not there', () => {
    expect(speedOf(session, null)).toBeNull();
    expect(known({ sft: { ...session.sft, batch_size: session.sft.batch_size + 1 } })).toBe(false);
    expect(known({ model: { ...session.model, hidden_size: 64 } })).toBe(false);
    expect(known({ grpo: { ...session.grpo, steps: 5 } })).toBe(false);
  });
});

describe('the lab', () => {
  let listener: RunListener = () => undefined;
  let die: (reason: string) => void = () => undefined;
  const resume = vi.fn((_run: string, given: RunListener) => {
    listener = given;
    return Promise.resolve();
  });
  /** A group that answers these calls and refuses every other. */
  const group = <Name extends keyof LabClient>(calls: Partial<LabClient[Name]>): LabClient[Name] =>
    new Proxy(calls as LabClient[Name], {
      get: (given, call): unknown => Reflect.get(given, call) ?? (() => Promise.reject(new Error('none'))),
    });
  /** Whether a run that is started is not stopped before it has begun. */
  let begins = true;
  const connect = vi.fn((): LabClient => {
    return {
      death: new Promise((resolve) => (die = resolve)),
      close: () => undefined,
      device: group<'device'>({}),
      run: group<'run'>({
        start: (_, given) => {
          listener = given;
          return Promise.resolve(begins ? 'a run' : null);
        },
        resume,
      }),
      runs: group<'runs'>({ list: () => Promise.resolve([]) }),
      records: group<'records'>({}),
      model: group<'model'>({ examples: () => Promise.resolve([]) }),
      bench: group<'bench'>({}),
      models: group<'models'>({}),
      takeHome: group<'takeHome'>({}),
    };
  });
  lab.connectTo(connect, false);

  const started: RunEvent = {
    kind: 'started',
    plan: {
      stages: [{ stage: 'sft', firstStep: 1, steps: 9 }],
      totalSteps: 9,
      documents: 1,
      parameters: 1,
      vocabulary: 1,
    },
  };

  test('takes events of the run it started, and none of an earlier one', async () => {
    await lab.run(presetOf('kin-quick'));
    const earlier = listener;
    await lab.run(presetOf('kin-quick'));
    listener(started);
    listener({ kind: 'status', status: 'running' });
    listener({ kind: 'metrics', steps: steps(1, 3), links: [] });
    earlier({ kind: 'metrics', steps: steps(1, 5), links: [] });
    earlier({ kind: 'status', status: 'stopped' });
    expect([useRun.getState().status, streams.length]).toEqual(['running', 3]);
  });

  test('is ready again after a run that never began, whenever its last event comes', async () => {
    begins = false;
    await lab.run(presetOf('kin-quick'));
    begins = true;
    listener({ kind: 'status', status: 'stopped' });
    expect([useRun.getState().status, useBusy.getState().busy]).toEqual(['ready', false]);
  });

  test('shows the step that its link points at once the run is there, and only in a run of the link', async () => {
    const session = presetOf('kin-quick');
    usePage.setState({ arrived: { session, selection: { step: 4 } } });
    await lab.run({ ...session, title: 'mine' });
    listener({ kind: 'metrics', steps: steps(1, 3), links: [] });
    expect(useSelection.getState().step).toBeNull();
    listener({ kind: 'metrics', steps: steps(4, 3), links: [] });
    expect(useSelection.getState().step).toBe(4);
    useToasts.getState().toasts.at(-1)!.action!.run();
    listener({ kind: 'metrics', steps: steps(7, 1), links: [] });
    expect(useSelection.getState().step).toBeNull();

    await lab.run(session);
    listener({ kind: 'metrics', steps: steps(1, 3), links: [] });
    useSelection.getState().holdStep(2);
    listener({ kind: 'metrics', steps: steps(4, 3), links: [] });
    expect(useSelection.getState().step).toBe(2);

    await lab.run({ ...session, seed: 5 });
    listener({ kind: 'metrics', steps: steps(1, 6), links: [] });
    expect(useSelection.getState().step).toBeNull();
    usePage.setState({ arrived: null });
  });

  test('a run whose worker dies goes on in a new one, and is offered where it dies again at the same place', async () => {
    await lab.run(presetOf('kin-quick'));
    listener({ kind: 'status', status: 'running' });
    listener({ kind: 'checkpoint', step: 60 });
    const made = connect.mock.calls.length;
    const diesAgain = async (): Promise<void> => {
      die('the worker failed: out of memory');
      for (let turn = 0; turn < 4; turn++) await Promise.resolve();
    };
    await diesAgain();
    expect(connect.mock.calls.length).toBe(made + 1);
    expect(resume).toHaveBeenCalledWith('a run', expect.any(Function));
    expect(useToasts.getState().toasts.at(-1)?.text).toMatch(
      /out of memory. It goes on from its checkpoint at step 60/,
    );
    listener({ kind: 'past', plan: null, metrics: steps(1, 60), evaluations: [], checkpoints: [60], links: [], recorded: { traces: [], dev: [], graph: [] } }); // prettier-ignore
    expect(streams.lastStep()).toBe(60);
    listener({ kind: 'status', status: 'running' });
    listener({ kind: 'metrics', steps: steps(61, 5), links: [] });

    await diesAgain();
    expect(resume).toHaveBeenCalledTimes(1);
    expect(useRun.getState()).toMatchObject({
      status: 'interrupted',
      error: { code: 'worker-died', message: 'the worker failed: out of memory' },
    });
    expect(streams.lastStep()).toBe(65);
    await lab.run(presetOf('kin-quick'));
    expect(streams.length).toBe(0);
  });

  test('a run that is lost three times in a row is offered, however far it got in between', async () => {
    const goneBefore = resume.mock.calls.length;
    await lab.run(presetOf('kin-quick'));
    const lost = async (step: number): Promise<number> => {
      listener({ kind: 'status', status: 'running' });
      listener({ kind: 'checkpoint', step });
      die('the worker failed: the GPU was lost');
      for (let turn = 0; turn < 4; turn++) await Promise.resolve();
      return resume.mock.calls.length - goneBefore;
    };
    expect(await lost(60)).toBe(1);
    expect(await lost(120)).toBe(2);
    expect(await lost(180)).toBe(2);
    expect(useRun.getState().status).toBe('interrupted');
    await lab.run(presetOf('kin-quick'));
    expect(await lost(60)).toBe(3);
  });
});

describe('whose numbers the screens show', () => {
  const session = presetOf('kin-quick');
  const changed = withValue(session, 'seed', 7);
  const ran: Ran = { name: 'a run', session, ancestors: [], askedFor: session, plan: null, numerics: 1, claim: null, spentMs: 0, noRoom: null }; // prettier-ignore
  const run: ShownRun = { ...ran, status: 'finished', result: null };

  test('a run that goes on, whatever is edited; one that ended only with its own session, whatever its title', () => {
    expect(isRunShown({ ...ran, status: 'running', elsewhere: false, runningSince: 0 }, changed, true, [])).toBe(true);
    expect(isRunShown(run, session, false, [])).toBe(true);
    expect(isRunShown(run, withValue(session, 'title', 'Mine'), false, [])).toBe(true);
    expect(isRunShown(run, changed, false, [])).toBe(false);
    expect(isRunShown(run, session, true, [])).toBe(false);
    expect(isRunShown({ status: 'ready' }, session, false, [])).toBe(false);
  });

  test('the last of several seeds is a run of the session that was asked for', () => {
    expect(isRunShown({ ...run, session: changed, askedFor: session }, session, false, [])).toBe(true);
  });
});

describe('the session as JSON', () => {
  test('keeps what cannot be read as a draft, and takes what can', () => {
    const { typeJson, dropJson } = useSession.getState();
    const before = useSession.getState().session;
    typeJson('{');
    expect(useSession.getState()).toMatchObject({ session: before, json: { text: '{' } });
    typeJson('{"seed": 12}');
    expect(useSession.getState()).toMatchObject({ json: null, session: { seed: 12 } });
    typeJson('{"sead": 12}');
    expect(useSession.getState().json?.error).toMatch(/"sead" is no setting/);
    dropJson();
    expect(useSession.getState()).toMatchObject({ json: null, session: { seed: 12 } });
  });
});
