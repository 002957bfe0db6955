/** A layer's matrices that an adapter may change, as Hugging Face names them, in the order of the forward pass. */
export const PROJECTIONS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;
export type AdaptedProjection = (typeof PROJECTIONS)[number];

/** A low-rank adapter of a frozen model: y = W x + s · B (A x), with A (rank, inputs) and B (outputs, rank). */
export interface LoraSettings {
  rank: number;
  alpha: number;
  /** s = α / √rank (Kalajdzievski, arXiv 2312.03732) in place of α / rank. */
  rslora: boolean;
  targets: readonly AdaptedProjection[];
  /** Id of the token whose own row of the embedding is trained; null trains none. */
  embedToken: number | null;
}

/** s, by which B (A x) is multiplied. */
export const loraScale = ({ rank, alpha, rslora }: Pick<LoraSettings, 'rank' | 'alpha' | 'rslora'>): number =>
  alpha / (rslora ? Math.sqrt(rank) : rank);
