import type { ReasonTask, StartPrompts } from '../../../config/base-session';
import type { Session } from '../../../config/session';
import { asDecoder } from '../../../formats/open-model';
import { CancelledError } from '../../../lib/errors';
import { sha256 } from '../../../lib/hash';
import { parseWorld, writeProbe } from '../../../tasks/world/data';
import { WORLD_FILE } from '../../../tasks/world/files';
import { openedTokenizer } from '../../../training/opened-model';
import { startReason } from '../../../training/reason-start';
import type { Engine } from '../engine';
import type { TaskFiles } from '../task-data';
import type { ReasonProgress } from './api';
import type { ModelStore } from './model-store';
import type { Probes } from './probes';

export interface ReasonParts {
  engine: Engine;
  store: ModelStore;
  probes: Probes;
  files: TaskFiles;
}

/**
 * Makes a session that teaches a kept model to reason on a task. For the task world the model is first probed, once.
 * @param tell receives the progress of the probe.
 * @throws InputError as `startReason` does.
 * @throws CancelledError where `signal` aborts; nothing is kept then.
 */
export async function reasonOn(
  parts: ReasonParts,
  hash: string,
  task: ReasonTask,
  start: StartPrompts | null,
  tell: (progress: ReasonProgress) => void,
  signal: AbortSignal,
): Promise<Session> {
  const { model, opened: any } = await parts.store.model(hash);
  const opened = asDecoder(any, model.name);
  const base = { sha256: hash, name: model.name, from: model.from };
  const { files } = parts;
  let corpus = '';
  if (task === 'world') {
    const probe = (await parts.probes.read(hash)) ?? (await asked());
    corpus = sha256(probe);
    files.keep(corpus, probe);
  }
  if (signal.aborted) throw new CancelledError('cancelled');
  return startReason({ opened, ...base }, task, corpus, (settings) => files.of(settings), start);

  async function asked(): Promise<Uint8Array<ArrayBuffer>> {
    const world = parseWorld(await files.read(WORLD_FILE));
    const tokenizer = openedTokenizer(opened, model.name);
    const throwIfAborted = (): void => {
      if (signal.aborted) throw new CancelledError('cancelled');
    };
    throwIfAborted();
    const device = await parts.engine.open();
    try {
      const found = await device.probe({ opened, tokenizer, ...base }, world, (progress) => {
        throwIfAborted();
        tell(progress);
      });
      const bytes = writeProbe(found);
      // Without room for it, it is asked again another time.
      await parts.probes.keep(hash, bytes).catch(() => undefined);
      return bytes;
    } finally {
      device.destroy();
    }
  }
}
