import { sessionArchitecture } from '../config/session-checks';
import type { PartialSession } from '../config/session';
import { totalSteps } from '../config/stages';
import { wholeBytes } from '../formats/streamed-checkpoint';
import { sha256 } from '../lib/hash';
import { Random } from '../lib/philox';
import { TensorTable } from '../tensors/table';
import { tinySession, tinyWorld } from '../training/tiny.test-data';
import { handOverFiles } from './hand-over';

/** The folder `run/` as `train.py` leaves it, of a session so small that its figures can be made up. */
export async function clusterRun(overrides: PartialSession = {}) {
  const steps = { pretrain: { steps: 2 }, sft: { steps: 3, batch_size: 4 }, grpo: { steps: 2, batch_size: 2 } };
  const session = tinySession({ ...steps, title: 'Small', ...overrides });
  const world = tinyWorld(session);
  const table = new TensorTable(sessionArchitecture(session, world.task.vocabulary.length));
  const random = new Random(1, 'init');
  const pages = table.pages.map(({ bytes }) => Float32Array.from({ length: bytes / 4 }, () => 0.05 * random.normal()));
  const start = { weights: pages, step: session.pretrain.steps, metrics: [] };
  const handed = new Map<string, Uint8Array>();
  for (const [name, contents] of await handOverFiles(session, world.task, start)) {
    handed.set(name, await wholeBytes(contents));
  }
  const total = totalSteps(session);
  const before = session.pretrain.steps + session.sft.steps;
  const stageOf = (step: number) => (step <= session.pretrain.steps ? 'pretrain' : step <= before ? 'sft' : 'grpo');
  const lines = (items: readonly unknown[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  const { documents } = world.task;
  const [query] = world.task.heldOut('dev', 1);
  const model = handed.get('model/model.safetensors')!;
  const files = new Map<string, Uint8Array>();
  const text = (name: string, contents: string): void => void files.set(name, new TextEncoder().encode(contents));
  for (const name of ['hand-over.json', 'session.json']) files.set(name, handed.get(name)!);
  for (const [name, bytes] of handed) {
    if (name.startsWith('model/')) files.set(name.replace('model/', 'checkpoint/'), bytes);
  }
  text(
    'metrics.jsonl',
    lines(
      numbers(total).map((step) => ({
        step,
        stage: stageOf(step),
        loss: 3 / step,
        'time/step': 0.5,
        ...(stageOf(step) === 'grpo' ? { reward: 0.1 * step, emission_rate: 1 } : {}),
      })),
    ),
  );
  const rollouts = numbers(session.grpo.steps).map((t) => before + t);
  const embed = world.tokens.embed;
  text(
    'traces.jsonl',
    lines(
      rollouts.flatMap((step) =>
        [0, 1].map((completion) => ({
          step,
          query: query!.text,
          completion,
          ids: [...world.tokens.encode(query!.trace), embed],
          text: `${query!.trace} ${world.task.specials.embed}`,
          logprobs: new Array(world.tokens.encode(query!.trace).length + 1).fill(-0.5),
          entropies: new Array(world.tokens.encode(query!.trace).length + 1).fill(0.7),
          reward: completion,
          advantage: completion - 0.5,
          rank: completion,
        })),
      ),
    ),
  );
  text(
    'graph.jsonl',
    lines(
      rollouts.map((step) => ({
        step,
        reencoded: [{ doc: step % documents.length, drift: 0.01, age: 1 }],
        added: [],
        removed: [],
        compensated: { count: documents.length - 1, mean_drift: 0.001 },
        searches: [
          {
            query: query!.text,
            completion: 0,
            path: [],
            found: [0, 1, 2],
            wanted: [query!.relevant[0]!.document],
            rank_before: 0,
            rank_after: 0,
          },
        ],
        recall: null,
        reward_error: null,
      })),
    ),
  );
  text(
    'graph-start.json',
    `${JSON.stringify({ step: before, degree_bound: 16, neighbours: documents.map(() => []) })}\n`,
  );
  files.set('positions.bin', frames([before, ...rollouts], documents.length));
  text('done.json', `${JSON.stringify({ model: sha256(model), step: total, processes: 2 })}\n`);
  return { ...world, pages, files };
}

/** Documents on a circle that turns a little with each step. */
function frames(steps: readonly number[], documents: number): Uint8Array {
  const size = 4 + 8 * documents;
  const view = new DataView(new ArrayBuffer(size * steps.length));
  steps.forEach((step, frame) => {
    view.setUint32(frame * size, step, true);
    for (let i = 0; i < documents; i++) {
      const angle = (2 * Math.PI * i) / documents + 0.1 * frame;
      view.setFloat32(frame * size + 4 + 8 * i, Math.cos(angle), true);
      view.setFloat32(frame * size + 8 + 8 * i, Math.sin(angle), true);
    }
  });
  return new Uint8Array(view.buffer);
}
