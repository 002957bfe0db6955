import { headForward, modelForward } from '../../src/model/reference/model';
import { pack } from '../../src/model/reference/packing';
import { randomPrompts, randomWeights, type GenerationSize } from './sizes';

/** Logits of f32 sums are this close to those of f64; a token that is less likely by more was not the greedy one. */
const LOGIT_TOLERANCE = 1e-3;

/** Says what is wrong with completions, or null: each token must have the largest logit of the model in f64. */
export function whatIsWrong(size: GenerationSize, completions: readonly (readonly number[])[]): string | null {
  const { architecture: a, perPrompt, promptLength, tokens, checked } = size;
  const count = size.prompts * perPrompt;
  if (completions.length !== count || completions.some(({ length }) => length !== tokens)) {
    return `${completions.length} completions, expected ${count} of ${tokens} tokens each`;
  }
  const parameters = new Map([...randomWeights(a)].map(([name, values]) => [name, Float64Array.from(values)]));
  const prompts = randomPrompts(size);
  const stride = Math.floor(count / checked);
  for (let row = 0; row < count; row += stride) {
    const ids = completions[row]!;
    const read = [...prompts[Math.floor(row / perPrompt)]!, ...ids.slice(0, -1)];
    const { hidden } = modelForward(a, parameters, pack([read]));
    const logits = headForward(a, parameters, hidden.subarray((promptLength - 1) * a.hidden_size));
    for (const [t, id] of ids.entries()) {
      const of = logits.subarray(t * a.vocab_size, (t + 1) * a.vocab_size);
      const largest = of.reduce((most, x) => Math.max(most, x), -Infinity);
      if (!(of[id]! >= largest - LOGIT_TOLERANCE)) {
        return `completion ${row}, token ${t}: ${id} of logit ${of[id]}, expected the largest, ${largest}`;
      }
    }
  }
  return null;
}
