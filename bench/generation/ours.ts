// Our generator, as stage 2 uses it: it keeps log-probabilities and entropies of the tokens besides.
import { Gpu } from '../../src/gpu/gpu';
import { Generator } from '../../src/model/generator';
import { Model } from '../../src/model/model';
import type { GenerationContender } from './contender';
import { randomPrompts, randomWeights, type GenerationSize } from './sizes';

export async function makeOurs(size: GenerationSize): Promise<GenerationContender> {
  const gpu = await Gpu.create(await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }));
  const model = new Model(gpu, size.architecture);
  model.weights.load(randomWeights(size.architecture));
  const prompts = randomPrompts(size);
  const { perPrompt, tokens } = size;
  const generator = new Generator(model, {
    promptTokens: size.prompts * size.promptLength,
    sequences: size.prompts * perPrompt,
    maxTokens: tokens,
  });
  const greedy = { temperature: 0, top_k: 0, top_p: 1, seed: 1, stream: 'sample', step: 0 } as const;
  return {
    name: 'Search-R3 Lab',
    async generate() {
      const completions = await generator.generate(prompts, perPrompt, {
        ...greedy,
        maxTokens: tokens,
        stopToken: null,
      });
      return completions.map(({ ids }) => ids);
    },
    destroy() {
      generator.destroy();
      model.destroy();
      gpu.destroy();
    },
  };
}
