// The models of the benchmark, their weights and prompts: the same for everyone.
import type { Architecture } from '../../src/config/architecture';
import { Random } from '../../src/lib/philox';
import { checkpointTensors } from '../../src/tensors/layout';

export interface GenerationSize {
  name: string;
  architecture: Architecture;
  /** Distinct prompts, tokens of each, completions of each, and tokens that each of these gets. */
  prompts: number;
  promptLength: number;
  perPrompt: number;
  tokens: number;
  /** Completions that are held to the model in f64. */
  checked: number;
}

const llama = (a: Pick<Architecture, 'vocab_size' | 'hidden_size' | 'intermediate_size' | 'num_hidden_layers'>) => ({
  ...a,
  model_type: 'llama' as const,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  head_dim: a.hidden_size / 4,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 100,
  tie_word_embeddings: true,
  attention_bias: false,
});

export const GENERATION_SIZES: readonly GenerationSize[] = [
  {
    name: 'tiny',
    architecture: llama({ vocab_size: 40, hidden_size: 32, intermediate_size: 64, num_hidden_layers: 1 }),
    prompts: 3,
    promptLength: 5,
    perPrompt: 2,
    tokens: 4,
    checked: 6,
  },
  {
    // Stage 2 of kin-quick: 16 queries, a group of 4 completions each, of 8 tokens at most.
    name: 'kin-quick',
    architecture: llama({ vocab_size: 86, hidden_size: 48, intermediate_size: 128, num_hidden_layers: 2 }),
    prompts: 16,
    promptLength: 6,
    perPrompt: 4,
    tokens: 8,
    checked: 64,
  },
  {
    name: 'larger',
    architecture: llama({ vocab_size: 512, hidden_size: 128, intermediate_size: 340, num_hidden_layers: 4 }),
    prompts: 16,
    promptLength: 16,
    perPrompt: 4,
    tokens: 32,
    checked: 8,
  },
];

/** Weights under Hugging Face's names, random, so that activations keep their scale from layer to layer. */
export function randomWeights(architecture: Architecture): Map<string, Float32Array<ArrayBuffer>> {
  const random = new Random(2, 'init');
  return new Map(
    checkpointTensors(architecture).map(({ name, length, shape }) => {
      const scale = 1 / Math.sqrt(shape.at(-1) ?? 1);
      const values = Float32Array.from({ length }, () => (name.includes('norm') ? 1 : random.normal() * scale));
      return [name, values];
    }),
  );
}

export function randomPrompts({ architecture, prompts, promptLength }: GenerationSize): number[][] {
  const random = new Random(1, 'evaluation');
  return Array.from({ length: prompts }, () =>
    Array.from({ length: promptLength }, () => random.integer(architecture.vocab_size)),
  );
}
