import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { writeSection } from './driven/section';

// The table of long runs in docs/reliability.md, written from the results of `bench/soak.ts` and `bench/soak-page.ts`.

const HEADING = '## A long run';

const common = { command: v.string(), commit: v.string(), minutes: v.number(), stage2_steps: v.number() };
const cpu = v.object({ first_quarter: v.number(), last_quarter: v.number() });
const nodeSchema = v.object({
  ...common,
  growth: v.object({ rss: v.number(), held: v.number(), gpu: v.number(), buffers: v.number() }),
  step_cpu_ms: cpu,
  buffers_left_at_the_end: v.number(),
});
const pageSchema = v.object({
  ...common,
  browser: v.string(),
  growth: v.object({
    all: v.number(),
    page: v.number(),
    gpu: v.number(),
    held: v.number(),
    bytes: v.number(),
    buffers: v.number(),
  }),
  step_cpu_ms: cpu,
  /** Absent of a run whose steps were told with it. */
  drawing: v.optional(cpu),
});

const share = (value: number): string => `${value < 0 ? '−' : ''}${Math.abs(100 * value).toFixed(1)} %`;
const stepOf = (of: v.InferOutput<typeof cpu>): string =>
  `${of.first_quarter.toFixed(1)} → ${of.last_quarter.toFixed(1)} ms (${share(of.last_quarter / of.first_quarter - 1)})`;
const drawingOf = (of: v.InferOutput<typeof cpu> | undefined): string =>
  of ? `${share(of.first_quarter)} → ${share(of.last_quarter)}` : 'in the step';
const madeOf = ({ command, commit }: { command: string; commit: string }): string => `\`${command}\` at ${commit}`;

/** Writes what `soak` and `soak-page` found, from their results as far as they are there, into docs/reliability.md. */
export function writeSoaks(): void {
  const read = <S extends v.GenericSchema>(schema: S, name: string): v.InferOutput<S>[] => {
    const path = `docs/results/${name}.json`;
    return existsSync(path) ? [v.parse(schema, JSON.parse(readFileSync(path, 'utf8')))] : [];
  };
  const node = read(nodeSchema, 'soak').map(
    ({ growth, ...run }) =>
      `| Node | ${run.minutes.toFixed(0)} | ${run.stage2_steps.toLocaleString('en')} | ${share(growth.rss)} | | | ${share(growth.held)} | ${share(growth.gpu)}, ${share(growth.buffers)} | ${stepOf(run.step_cpu_ms)} | | ${madeOf(run)} |`,
  );
  const pages = ['soak-chromium', 'soak-firefox']
    .flatMap((name) => read(pageSchema, name))
    .map(({ growth, ...run }) => {
      const held = /Firefox/.test(run.browser) ? 'not told' : share(growth.held);
      return `| ${run.browser} | ${run.minutes.toFixed(0)} | ${run.stage2_steps.toLocaleString('en')} | ${share(growth.all)} | ${share(growth.page)} | ${share(growth.gpu)} | ${held} | ${share(growth.bytes)}, ${share(growth.buffers)} | ${stepOf(run.step_cpu_ms)} | ${drawingOf(run.drawing)} | ${madeOf(run)} |`;
    });
  const left = read(nodeSchema, 'soak').map(
    ({ buffers_left_at_the_end: count }) => ` When the run was freed in Node, buffers that were left: ${count}.`, // prettier-ignore
  );
  writeSection(
    HEADING,
    [
      HEADING,
      '',
      `Training through all stages, with evaluations, checkpoints and the records of a run; the second minute (or the first of stage 2) is compared with the last quarter. Memory may grow by less than 2 %; what JavaScript holds is told as a share of all resident memory. A step's work is told in time of the processor, of all processes but the page's own thread, evaluations and checkpoints among them: the clock on the wall says little on a machine that does other things. The page's thread draws some times a second however long a step takes, so it stands by itself, as a share of the time.${left.join('')}`,
      '',
      '| where | minutes | steps of stage 2 | resident memory, all processes | of the page | of the process that computes | JavaScript | bytes and buffers on the GPU | a step, first and last quarter | the page’s thread | made by |',
      '|---|---|---|---|---|---|---|---|---|---|---|',
      ...node,
      ...pages,
      '',
    ].join('\n'),
  );
}
