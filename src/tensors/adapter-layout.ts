import { PROJECTIONS, type LoraSettings, type AdaptedProjection } from '../config/lora';
import { InputError } from '../lib/errors';
import type { CheckpointPart, TensorSpec } from './tensor-spec';

/** The row of the embedding that is trained in place of the base's own. */
export const TOKEN_ROW = 'token_row';

/**
 * Names of the tensors that an adapter adds to one of ours. The A of all its projections are in one, so that one
 * product reads x.
 */
export const lowRankNames = (tensor: string) => ({
  a: `${tensor}.lora_A`,
  b: (projection: AdaptedProjection) => `${tensor}.lora_B.${projection}`,
});

/** The projection of a checkpoint's matrix; null for any other. */
function projectionOf({ name }: CheckpointPart): AdaptedProjection | null {
  return PROJECTIONS.find((projection) => name.endsWith(`.${projection}.weight`)) ?? null;
}

/** A projection within a tensor of ours, and the outputs that are its own. */
export interface AdaptedPart {
  projection: AdaptedProjection;
  /** PEFT's name of it, without what names A or B. */
  module: string;
  row: number;
  rows: number;
}

/** The projections of a tensor that an adapter is on, in order. */
export function adaptedParts(
  spec: Pick<TensorSpec, 'parts' | 'shape'>,
  targets: readonly AdaptedProjection[],
): AdaptedPart[] {
  const columns = spec.shape[1] ?? 1;
  return spec.parts.flatMap((part) => {
    const projection = projectionOf(part);
    if (projection === null || !targets.includes(projection)) return [];
    const module = `base_model.model.${part.name.replace(/\.weight$/, '')}`;
    return [{ projection, module, row: part.at / columns, rows: part.length / columns }];
  });
}

/**
 * The tensors of an adapter, all trained, in f32: of every tensor with targets, A (its targets · rank, inputs) and for each a
 * B (outputs, rank); and the token's row (1, C). Their checkpoint parts have PEFT's names. A starts as PEFT's does, uniform
 * within ±1/√inputs (Kaiming with a = √5), B at zero, so that the model starts as its base.
 * @throws InputError for a rank above a matrix's smaller side, or a token that the base does not have.
 */
export function adapterLayout(base: readonly TensorSpec[], { rank, targets, embedToken }: LoraSettings): TensorSpec[] {
  const made: TensorSpec[] = [];
  const add = (name: string, shape: [number, number], parts: [string, number][], init: TensorSpec['init']): void => {
    let at = 0;
    const ranges = parts.map(([part, rows]): CheckpointPart => {
      const range = { name: part, shape: [rows, shape[1]], at, length: rows * shape[1] };
      at += range.length;
      return range;
    });
    made.push({ name, shape, length: at, dtype: 'f32', group: 'trained', init, parts: ranges });
  };
  for (const spec of base) {
    const parts = adaptedParts(spec, targets);
    const [, inputs = 0] = spec.shape;
    for (const { projection, rows } of parts) {
      if (rank > Math.min(rows, inputs)) {
        throw new InputError(
          `the adapter's rank is ${rank}, expected at most ${Math.min(rows, inputs)}, the smaller side of ${projection} (${rows} x ${inputs})`,
        );
      }
    }
    if (parts.length === 0) continue;
    const names = lowRankNames(spec.name);
    const of = (module: string, part: 'A' | 'B'): string => `${module}.lora_${part}.weight`;
    const first = parts.map(({ module }): [string, number] => [of(module, 'A'), rank]);
    add(names.a, [parts.length * rank, inputs], first, { kind: 'uniform', bound: 1 / Math.sqrt(inputs) });
    for (const { projection, module, rows } of parts) {
      add(names.b(projection), [rows, rank], [[of(module, 'B'), rows]], { kind: 'zeros' });
    }
  }
  const table = base.find(({ name }) => name === 'embed');
  if (embedToken !== null && table) {
    const [vocabulary = 0, channels = 0] = table.shape;
    if (embedToken < 0 || embedToken >= vocabulary) {
      throw new InputError(`the adapter trains token ${embedToken}, expected one of ${vocabulary}`);
    }
    // PEFT calls it a delta; it holds the row itself.
    const name = 'base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta';
    add(TOKEN_ROW, [1, channels], [[name, 1]], { kind: 'zeros' });
  }
  return made;
}
