import { readSafetensors, readSafetensorsMetadata, writeSafetensors } from '../formats/safetensors';
import { InputError } from '../lib/errors';
import { sha256 } from '../lib/hash';
import type { RunState } from './session-run';

/** A run's state as one file, so that it is replaced whole or not at all: safetensors with a checksum over its numbers. */
const GROUPS = ['weights', 'first', 'second', 'base'] as const;
type Group = (typeof GROUPS)[number];

function groupsOf(state: RunState): Record<Group, readonly Float32Array[] | null> {
  return {
    weights: state.weights,
    first: state.moments?.first ?? null,
    second: state.moments?.second ?? null,
    base: state.base,
  };
}

export function writeRunState(state: RunState, sessionHash: string): Uint8Array {
  const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
  const groups = groupsOf(state);
  for (const group of GROUPS) {
    groups[group]?.forEach((data, page) => tensors.set(`${group}.${page}`, { shape: [data.length], data }));
  }
  const { step, fingerprint } = state;
  const body = JSON.stringify({ step, fingerprint });
  return writeSafetensors(tensors, { session: sessionHash, state: body, checksum: checksum(body, tensors) });
}

/** @throws InputError where the file is damaged, or of another session. */
export function readRunState(bytes: Uint8Array, sessionHash: string, where: string): RunState {
  const metadata = readSafetensorsMetadata(bytes, where);
  if (metadata['session'] !== sessionHash) {
    throw new InputError(`${where}: a checkpoint of another session, expected one of the session that is resumed`);
  }
  const tensors = new Map<string, { shape: number[]; data: Float32Array<ArrayBuffer> }>();
  for (const [name, { shape, data }] of readSafetensors(bytes, where)) {
    if (data instanceof Float32Array) tensors.set(name, { shape, data: Float32Array.from(data) });
  }
  const body = metadata['state'] ?? '';
  if (metadata['checksum'] !== checksum(body, tensors)) {
    throw new InputError(`${where}: its checksum does not agree, expected an undamaged checkpoint`);
  }
  const { step, fingerprint } = parseBody(JSON.parse(body), where);
  const pages = (group: Group) => {
    const found: Float32Array<ArrayBuffer>[] = [];
    for (let page = 0; ; page++) {
      const tensor = tensors.get(`${group}.${page}`);
      if (!tensor) return found;
      found.push(tensor.data);
    }
  };
  const first = pages('first');
  const base = pages('base');
  return {
    step,
    weights: pages('weights'),
    moments: first.length > 0 ? { first, second: pages('second') } : null,
    base: base.length > 0 ? base : null,
    fingerprint,
  };
}

function checksum(body: string, tensors: ReadonlyMap<string, { data: Float32Array }>): string {
  const parts = [...tensors].map(([name, { data }]) => {
    return `${name}:${sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}`;
  });
  return sha256([body, ...parts.sort()].join('\n'));
}

function parseBody(json: unknown, where: string): Pick<RunState, 'step' | 'fingerprint'> {
  if (typeof json === 'object' && json !== null && 'step' in json && 'fingerprint' in json) {
    const { step, fingerprint } = json;
    if (typeof step === 'number' && typeof fingerprint === 'object' && fingerprint !== null) {
      if ('chain' in fingerprint && 'steps' in fingerprint && Array.isArray(fingerprint.steps)) {
        const steps = fingerprint.steps.filter((entry) => typeof entry === 'string');
        if (typeof fingerprint.chain === 'string') return { step, fingerprint: { chain: fingerprint.chain, steps } };
      }
    }
  }
  throw new InputError(`${where}: no step and fingerprint, expected a run's checkpoint`);
}
