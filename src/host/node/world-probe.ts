import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import { parseWorld, writeProbe } from '../../tasks/world/data';
import { WORLD_FILE } from '../../tasks/world/files';
import { probeWorld } from '../../training/world-probe';
import type { BaseArgument } from './base-argument';
import { openGpu } from './gpu';
import { storeFolder } from './model-store';
import { progress, progressOf } from './output';
import { writeWhole } from './output-file';
import { readPublished } from './task-data';

/**
 * The path of the probe that a session's task needs: what a base knows of the world, kept by the base's hash beside the
 * kept models, so that each is probed once on a machine.
 * @param own a probe that the command was given.
 * @returns its path; null for a task without a probe.
 * @throws InputError for the task world without a base.
 */
export async function probeArgument(session: Session, own: string | null, base: BaseArgument): Promise<string | null> {
  if (own !== null || session.task.name !== 'world') return own;
  const { sha256, name } = session.model.base;
  if (sha256 === '') throw new InputError('--base: missing, expected the model that the task world asks what it knows');
  const folder = join(storeFolder(), 'probes');
  const path = join(folder, `${sha256}.json`);
  if (existsSync(path)) return path;
  const opened = await base.open(session);
  if (!opened) return null;
  progress(`${name}: asked what it knows of the world`);
  const gpu = await openGpu();
  try {
    const world = parseWorld(await readPublished(WORLD_FILE));
    const probe = await probeWorld(gpu, { ...opened, sha256, name }, world, progressOf('questions answered'));
    mkdirSync(folder, { recursive: true });
    writeWhole(path, writeProbe(probe));
    return path;
  } finally {
    gpu.destroy();
  }
}
