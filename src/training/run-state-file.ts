import * as v from 'valibot';
import { readSafetensors, readSafetensorsMetadata, writeSafetensors, type TensorToWrite } from '../formats/safetensors';
import { InputError } from '../lib/errors';
import { sha256 } from '../lib/hash';
import type { RunState } from './session-run';

/**
 * The JSON part of a run's state file. The state is one file, so that it is replaced whole or not at all: safetensors
 * with a checksum over its numbers; arrays are pages (`weights.0`, …) or, under any other name, the stage's own.
 */
const bodySchema = v.object({
  step: v.number(),
  fingerprint: v.object({ chain: v.string(), steps: v.array(v.string()) }),
  /** The stage's numbers; null at a stage's end. */
  stage: v.nullable(v.record(v.string(), v.number())),
});

/** The JSON part of older state files, in which stage 2's numbers stand beside the rest. */
const oldBodySchema = v.pipe(
  v.object({
    ...v.omit(bodySchema, ['stage']).entries,
    environment: v.nullable(v.object({ step: v.number(), corpusRate: v.number() })),
    silent: v.optional(v.number(), 0),
  }),
  v.transform(({ environment: e, silent, ...rest }) => ({
    ...rest,
    stage: e ? { silent, 'environment.step': e.step, 'environment.corpusRate': e.corpusRate } : {},
  })),
);

type Numbers = Float32Array | Int32Array;
const PAGES = /^(weights|first|second|base)\.\d+$/;

function arraysOf({ weights, stage, base }: RunState): Map<string, Numbers> {
  const pages = (group: string, values: readonly Float32Array[] = []) =>
    values.map((data, page): [string, Numbers] => [`${group}.${page}`, data]);
  return new Map([
    ...pages('weights', weights),
    ...pages('first', stage?.moments.first),
    ...pages('second', stage?.moments.second),
    ...pages('base', base ?? []),
    ...Object.entries(stage?.arrays ?? {}),
  ]);
}

/** Writes a run's state as the bytes of its file. @param sessionHash ties the state to its session. */
export function writeRunState(state: RunState, sessionHash: string): Uint8Array {
  const arrays = arraysOf(state);
  const { step, fingerprint, stage } = state;
  const body = JSON.stringify({ step, fingerprint, stage: stage && stage.numbers });
  const tensors = new Map([...arrays].map(([name, data]) => [name, toWrite(data)] as const));
  return writeSafetensors(tensors, { session: sessionHash, state: body, checksum: checksum(body, arrays) });
}

const toWrite = (data: Numbers): TensorToWrite =>
  data instanceof Float32Array ? { shape: [data.length], data } : { shape: [data.length], data };

/** Reads a run's state from its file. @throws InputError where the file is damaged, or of another session. */
export function readRunState(bytes: Uint8Array, sessionHash: string, where: string): RunState {
  const metadata = readSafetensorsMetadata(bytes, where);
  if (metadata['session'] !== sessionHash) {
    throw new InputError(`${where}: a checkpoint of another session, expected one of the session that is resumed`);
  }
  const arrays = new Map([...readSafetensors(bytes, where)].map(([name, { data }]) => [name, data] as const));
  const text = metadata['state'] ?? '';
  if (metadata['checksum'] !== checksum(text, arrays)) {
    throw new InputError(`${where}: its checksum does not agree, expected an undamaged checkpoint`);
  }
  // What the checksum covers, we wrote.
  const { step, fingerprint, stage } = v.parse(v.union([bodySchema, oldBodySchema]), JSON.parse(text));
  const pages = (group: string) => {
    const found: Float32Array<ArrayBuffer>[] = [];
    for (let page = 0; arrays.has(`${group}.${page}`); page++) {
      found.push(Float32Array.from(arrays.get(`${group}.${page}`)!));
    }
    return found;
  };
  const moments = { first: pages('first'), second: pages('second') };
  const base = pages('base');
  const own = [...arrays].flatMap(([name, data]) => (PAGES.test(name) ? [] : [[name, data] as const]));
  return {
    step,
    weights: pages('weights'),
    stage: stage && moments.first.length > 0 ? { moments, numbers: stage, arrays: Object.fromEntries(own) } : null,
    base: base.length > 0 ? base : null,
    fingerprint,
  };
}

function checksum(body: string, arrays: ReadonlyMap<string, Numbers>): string {
  const parts = [...arrays].map(([name, { buffer, byteOffset, byteLength }]) => {
    return `${name}:${sha256(new Uint8Array(buffer, byteOffset, byteLength))}`;
  });
  return sha256([body, ...parts.sort()].join('\n'));
}
