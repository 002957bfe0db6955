import { Random } from '../../lib/philox';
import { normaliseRows } from '../graph/vectors';
import type { RefreshQuery } from './report';

/**
 * A stand-in for a model that is being trained: documents have fixed latent vectors, and what the model makes of them is
 * normalise(latent · A + noise), where A (d, d) mixes a little further and each document's noise walks a little at each
 * step. Queries go through the same map.
 */
export class DriftingModel {
  private readonly latent: Float32Array;
  private readonly direction: Float64Array;
  private readonly noise: Float32Array;
  private map: Float64Array;
  private time = 0;

  constructor(
    readonly documents: number,
    readonly dimension: number,
    private readonly mixing: number,
    private readonly noising: number,
    private readonly seed = 1,
  ) {
    const random = new Random(seed, 'task');
    const normal = (length: number): number[] => Array.from({ length }, () => random.normal());
    const clusters = Math.max(1, Math.round(documents / 20));
    const centres = normal(clusters * dimension);
    this.latent = new Float32Array(documents * dimension);
    for (let row = 0; row < documents; row++) {
      for (let i = 0; i < dimension; i++) {
        this.latent[row * dimension + i] = (centres[(row % clusters) * dimension + i] ?? 0) + 0.7 * random.normal();
      }
    }
    normaliseRows(this.latent, dimension);
    this.direction = Float64Array.from(normal(dimension * dimension), (x) => x / Math.sqrt(dimension));
    this.map = Float64Array.from({ length: dimension * dimension }, (_, i) => (i % (dimension + 1) === 0 ? 1 : 0));
    this.noise = new Float32Array(documents * dimension);
  }

  /** One update of the model. */
  advance(): void {
    const { dimension: d, map, direction, noise, mixing } = this;
    this.time++;
    this.map = Float64Array.from(map, (x, at) => {
      const row = at - (at % d);
      let sum = 0;
      for (let i = 0; i < d; i++) sum += (map[row + i] ?? 0) * (direction[i * d + (at % d)] ?? 0);
      return x + mixing * sum;
    });
    const random = new Random(this.seed, 'sample', this.time);
    const scale = this.noising / Math.sqrt(d);
    for (let i = 0; i < noise.length; i++) noise[i] = (noise[i] ?? 0) + scale * random.normal();
  }

  encode = (documents: Int32Array): Promise<Float32Array> => {
    const d = this.dimension;
    const vectors = new Float32Array(documents.length * d);
    documents.forEach((document, i) => {
      const start = document * d;
      vectors.set(this.through(this.latent.subarray(start, start + d), this.noise.subarray(start, start + d)), i * d);
    });
    return Promise.resolve(normaliseRows(vectors, d));
  };

  encodeAll = (): Promise<Float32Array> =>
    this.encode(Int32Array.from({ length: this.documents }, (_, document) => document));

  /** Queries near one document each, noisy enough that the best embedding does not always rank it first. */
  queries(count: number, step: number): RefreshQuery[] {
    const d = this.dimension;
    const random = new Random(this.seed, 'evaluation', step);
    return Array.from({ length: count }, (_, completion) => {
      const document = random.integer(this.documents);
      const latent = this.latent.slice(document * d, (document + 1) * d);
      const noise = Float32Array.from(this.noise.subarray(document * d, (document + 1) * d));
      for (let i = 0; i < d; i++) noise[i] = (noise[i] ?? 0) + (1.2 / Math.sqrt(d)) * random.normal();
      const embedding = normaliseRows(Float32Array.from(this.through(latent, noise)), d);
      return { query: `q${document}`, completion, embedding, relevant: [{ document, grade: 1 }] };
    });
  }

  private through(latent: Float32Array, noise: Float32Array): number[] {
    const d = this.dimension;
    return Array.from(noise, (x, j) => {
      let sum = x;
      for (let i = 0; i < d; i++) sum += (latent[i] ?? 0) * (this.map[i * d + j] ?? 0);
      return sum;
    });
  }
}
