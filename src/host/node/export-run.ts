import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseSession } from '../../config/parse-session';
import type { Session } from '../../config/session';
import { parseJsonObject } from '../../formats/json';
import { ADAPTER_CONFIG } from '../../formats/peft';
import type { CardRun } from '../../training/take-home/card';
import { readBytes } from './files';
import { readFingerprint } from './recorded-run';
import { readEvaluation } from './run-archive';

/** Opens a run that trained an adapter: its session, and the folder with the adapter; null for anything else. */
export function adapterRun(path: string): { session: Session; adapter: string } | null {
  const adapter = join(path, 'checkpoint');
  const file = join(path, 'session.json');
  if (!existsSync(file) || !existsSync(join(adapter, ADAPTER_CONFIG))) return null;
  return { session: parseSession(parseJsonObject(readBytes(file, "a run's session"), file), file), adapter };
}

/** What a model card says of the run in a folder. */
export function cardOfRun(path: string, session: Session): CardRun {
  const scores = join(path, 'evaluation.json');
  const proof = join(path, 'fingerprint.json');
  const { fingerprint = null, adapter = '' } = existsSync(proof) ? readFingerprint(proof) : {};
  const evaluation = existsSync(scores)
    ? readEvaluation(parseJsonObject(readBytes(scores, "a run's evaluation"), scores), path)
    : null;
  return { session, evaluation, fingerprint, trainedOn: adapter };
}
