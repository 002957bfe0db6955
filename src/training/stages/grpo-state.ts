import type { RefresherState } from '../../retrieval/refresh/refresher';
import type { StageState } from './stage';

/**
 * The state of stage 2 besides the moments: its documents, and the number of updates in a row without an embed token.
 */
export interface GrpoState {
  silent: number;
  environment: RefresherState;
}

type Kept = Pick<StageState, 'numbers' | 'arrays'>;

export function packGrpoState({ silent, environment: e }: GrpoState): Kept {
  return {
    numbers: { silent, 'environment.step': e.step, 'environment.corpusRate': e.staleness.corpusRate },
    arrays: {
      'environment.vectors': e.vectors,
      'environment.encodedAt': e.staleness.encodedAt,
      // f64 travels as pairs of words.
      'environment.rate': new Int32Array(e.staleness.rate.slice().buffer),
      'environment.neighbours': e.graph.neighbours,
      'environment.counts': e.graph.counts,
      'environment.entries': e.graph.entries,
    },
  };
}

export function unpackGrpoState({ numbers, arrays }: Kept): GrpoState {
  const number = (name: string) => numbers[name] ?? 0;
  const floats = (name: string) => Float32Array.from(arrays[name] ?? []);
  const integers = (name: string) => Int32Array.from(arrays[name] ?? []);
  return {
    silent: number('silent'),
    environment: {
      step: number('environment.step'),
      vectors: floats('environment.vectors'),
      staleness: {
        encodedAt: integers('environment.encodedAt'),
        rate: new Float64Array(integers('environment.rate').buffer),
        corpusRate: number('environment.corpusRate'),
      },
      graph: {
        neighbours: integers('environment.neighbours'),
        counts: integers('environment.counts'),
        entries: integers('environment.entries'),
      },
    },
  };
}
