import type { Architecture } from '../config/architecture';
import { loraScale } from '../config/lora';
import { sessionArchitecture } from '../config/session-checks';
import type { Session } from '../config/session';
import { readCheckpoint } from '../formats/huggingface';
import { readPeft } from '../formats/peft';
import { loraOf, type Lora } from '../formats/peft-lora';
import { InputError } from '../lib/errors';
import type { Task } from '../tasks/task';
import { TensorTable } from '../tensors/table';
import type { Base } from '../training/base';

/** Gives a file of the folder by its path; null where there is none. */
export type ReadFile = (path: string) => Promise<Uint8Array | null>;

/** The weights that a cluster trained, as a run's state keeps them. */
export interface TrainedWeights {
  pages: Float32Array<ArrayBuffer>[];
  /** Number of parameters of the whole model. */
  parameters: number;
}

/**
 * The checkpoint that came back, a model's or an adapter's, in the pages of a run's state.
 * @param base that the session starts from, where it names one.
 * @throws InputError for a model or an adapter that is not of its session.
 */
export async function trainedWeights(
  read: ReadFile,
  where: string,
  session: Session,
  task: Task,
  base: Base | null,
): Promise<TrainedWeights> {
  const within: ReadFile = (name) => read(`checkpoint/${name}`);
  const checkpoint = `${where}/checkpoint`;
  const architecture = base?.opened.arch ?? sessionArchitecture(session, task.vocabulary.length);
  const adapter = base?.adapter ?? null;
  let found: ReadonlyMap<string, Float32Array>;
  if (adapter) {
    const lora = loraOf(await readPeft(within, architecture, checkpoint), architecture, checkpoint);
    checkAdapter(lora.settings, adapter, checkpoint);
    found = lora.tensors;
  } else found = await wholeModel(within, checkpoint, architecture);
  const table = new TensorTable(architecture, { adapter });
  const pages = table.pages.map(({ bytes, group }) => new Float32Array(group === 'trained' ? bytes / 4 : 0));
  for (const { length, shape, parts, blocks, name: own, group } of table.tensors) {
    if (group === 'frozen') continue;
    const values = new Float32Array(length);
    for (const { name, at, length: size } of parts) {
      const part = found.get(name);
      if (part?.length !== size) {
        throw new InputError(
          `${checkpoint}: ${name} of ${own} is not of its session's shape, expected ${size} numbers`,
        );
      }
      values.set(part, at);
    }
    const width = length / shape[0]!;
    for (const { page, offset, row, rows } of blocks) {
      pages[page]!.set(values.subarray(row * width, (row + rows) * width), offset / 4);
    }
  }
  return { pages: pages.filter((_, i) => table.pages[i]!.group === 'trained'), parameters: table.parameters };
}

async function wholeModel(read: ReadFile, where: string, expected: Architecture): Promise<Map<string, Float32Array>> {
  const { arch, tensors } = await readCheckpoint(read, where);
  for (const name of ['vocab_size', 'hidden_size', 'num_hidden_layers', 'intermediate_size'] as const) {
    if (arch[name] === expected[name]) continue;
    throw new InputError(`${where}/config.json: ${name} is ${arch[name]}, expected ${expected[name]}, its session's`);
  }
  return tensors;
}

function checkAdapter(found: Lora['settings'], expected: Lora['settings'], where: string): void {
  const says = (settings: Lora['settings']): string =>
    `rank ${settings.rank}, scale ${loraScale(settings)}, ${[...settings.targets].sort().join(' ')}, token ${settings.embedToken ?? 'none'}`;
  if (says(found) === says(expected)) return;
  throw new InputError(`${where}: an adapter of ${says(found)}, expected ${says(expected)}, its session's`);
}
