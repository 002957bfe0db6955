import * as v from 'valibot';
import { readSafetensors, readSafetensorsMetadata, writeSafetensors, type TensorToWrite } from '../formats/safetensors';
import { InputError } from '../lib/errors';
import { sha256 } from '../lib/hash';
import type { RefresherState } from '../retrieval/refresh/refresher';
import type { RunState } from './session-run';

/** A run's state as one file, so that it is replaced whole or not at all: safetensors with a checksum over its numbers. */
const bodySchema = v.object({
  step: v.number(),
  fingerprint: v.object({ chain: v.string(), steps: v.array(v.string()) }),
  environment: v.nullable(v.object({ step: v.number(), corpusRate: v.number() })),
  // Absent in files of before it was kept.
  silent: v.optional(v.number(), 0),
});

type Numbers = Float32Array | Int32Array;

function arraysOf(state: RunState): Map<string, Numbers> {
  const arrays = new Map<string, Numbers>();
  const pages = (group: string, values: readonly Float32Array[] | undefined | null) =>
    values?.forEach((data, page) => arrays.set(`${group}.${page}`, data));
  pages('weights', state.weights);
  pages('first', state.moments?.first);
  pages('second', state.moments?.second);
  pages('base', state.base);
  const e = state.environment;
  if (e) {
    arrays.set('environment.vectors', e.vectors);
    arrays.set('environment.encodedAt', e.staleness.encodedAt);
    // f64 travels as pairs of words.
    arrays.set('environment.rate', new Int32Array(e.staleness.rate.slice().buffer));
    arrays.set('environment.neighbours', e.graph.neighbours);
    arrays.set('environment.counts', e.graph.counts);
    arrays.set('environment.entries', e.graph.entries);
  }
  return arrays;
}

export function writeRunState(state: RunState, sessionHash: string): Uint8Array {
  const arrays = arraysOf(state);
  const { step, fingerprint, silent, environment: e } = state;
  const environment = e && { step: e.step, corpusRate: e.staleness.corpusRate };
  const body = JSON.stringify({ step, fingerprint, silent, environment });
  const tensors = new Map([...arrays].map(([name, data]) => [name, toWrite(data)] as const));
  return writeSafetensors(tensors, { session: sessionHash, state: body, checksum: checksum(body, arrays) });
}

const toWrite = (data: Numbers): TensorToWrite =>
  data instanceof Float32Array ? { shape: [data.length], data } : { shape: [data.length], data };

/** @throws InputError where the file is damaged, or of another session. */
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
  const { step, fingerprint, silent, environment } = v.parse(bodySchema, JSON.parse(text));
  const pages = (group: string) => {
    const found: Float32Array<ArrayBuffer>[] = [];
    for (let page = 0; arrays.has(`${group}.${page}`); page++) found.push(floats(arrays, `${group}.${page}`));
    return found;
  };
  const first = pages('first');
  const base = pages('base');
  return {
    step,
    weights: pages('weights'),
    moments: first.length > 0 ? { first, second: pages('second') } : null,
    base: base.length > 0 ? base : null,
    environment: environment && readEnvironment(arrays, environment),
    silent,
    fingerprint,
  };
}

function readEnvironment(
  arrays: ReadonlyMap<string, Numbers>,
  { step, corpusRate }: { step: number; corpusRate: number },
): RefresherState {
  const rate = integers(arrays, 'environment.rate');
  return {
    step,
    vectors: floats(arrays, 'environment.vectors'),
    staleness: {
      encodedAt: integers(arrays, 'environment.encodedAt'),
      rate: new Float64Array(rate.buffer),
      corpusRate,
    },
    graph: {
      neighbours: integers(arrays, 'environment.neighbours'),
      counts: integers(arrays, 'environment.counts'),
      entries: integers(arrays, 'environment.entries'),
    },
  };
}

const floats = (arrays: ReadonlyMap<string, Numbers>, name: string) => Float32Array.from(arrays.get(name) ?? []);
const integers = (arrays: ReadonlyMap<string, Numbers>, name: string) => Int32Array.from(arrays.get(name) ?? []);

function checksum(body: string, arrays: ReadonlyMap<string, Numbers>): string {
  const parts = [...arrays].map(([name, { buffer, byteOffset, byteLength }]) => {
    return `${name}:${sha256(new Uint8Array(buffer, byteOffset, byteLength))}`;
  });
  return sha256([body, ...parts.sort()].join('\n'));
}
