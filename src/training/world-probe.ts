import type { OpenedModel } from '../formats/opened-model';
import type { Tokenizer } from '../formats/tokenizer';
import type { Gpu } from '../gpu/gpu';
import { Generator } from '../model/generator';
import { Model } from '../model/model';
import { called } from '../tasks/world/task';
import { type Probe, type WorldCountry } from '../tasks/world/data';

/**
 * The prompt for a country's capital, with two examples, because a small base does not answer a bare question; neither
 * example is asked about in the same form.
 */
const CAPITAL = (name: string): string =>
  `The capital of Germany is Berlin.\nThe capital of Peru is Lima.\nThe capital of ${name} is`;
const PLACE = (city: string): string =>
  `Munich is a city in Germany.\nArequipa is a city in Peru.\n${city} is a city in`;
/** The countries of the prompts' examples. */
const SHOWN: readonly string[] = ['DE', 'PE'];
/** The most tokens of an answer: enough for the longest name. */
const ANSWER = 12;
/** Number of prompts that are answered together. */
const BATCH = 32;

export interface ProbedBase {
  opened: OpenedModel;
  tokenizer: Tokenizer;
  sha256: string;
  name: string;
}

/**
 * Probes what a base knows of the task `world`: asks it both hops, greedily, and keeps what it answers rightly: the
 * capital of every country, and of those whose capital it named, the country of each city. The countries of the
 * examples are left out.
 * @param onProgress prompts answered so far, and the most there can be; it may throw to end the probe.
 * @param onRead bytes of its weights so far, and in all; likewise.
 */
export async function probeWorld(
  gpu: Gpu,
  base: ProbedBase,
  world: readonly WorldCountry[],
  onProgress: (done: number, most: number) => void = () => undefined,
  onRead: (read: number, all: number) => void = () => undefined,
): Promise<Probe> {
  const { opened, tokenizer } = base;
  const model = new Model(gpu, opened.arch, { trained: () => false, dtype: opened.tensorDtype });
  const asked = world.filter(({ id }) => !SHOWN.includes(id));
  const most = asked.length + asked.reduce((sum, country) => sum + country.asked.length, 0);
  let done = 0;
  try {
    await model.weights.stream(opened.weights, onRead);
    const answer = (prompts: readonly string[]): Promise<string[]> =>
      greedy(model, tokenizer, prompts, (count) => onProgress((done += count), most));
    const capitals = await answer(asked.map((country) => CAPITAL(called(country))));
    const named = asked.filter(({ capital }, i) => begins(capitals[i]!, capital));
    const cities = named.flatMap((country) => country.asked.map((city) => ({ country, city })));
    const places = await answer(cities.map(({ city }) => PLACE(city)));
    const right = cities.filter(({ country }, i) => begins(places[i]!, country.name));
    const known = named.flatMap(({ id }): [string, string[]][] => {
      const own = right.filter(({ country }) => country.id === id).map(({ city }) => city);
      return own.length > 0 ? [[id, own]] : [];
    });
    return {
      about: 'What a base model knows of the task world: its own greedy answers, few-shot, to both hops.',
      base: { sha256: base.sha256, name: base.name },
      asked: { capitals: asked.length, cities: cities.length },
      known: Object.fromEntries(known),
    };
  } finally {
    model.destroy();
  }
}

/** The model's greedy continuation of each prompt, up to the end of the sentence. */
async function greedy(
  model: Model,
  tokenizer: Tokenizer,
  prompts: readonly string[],
  onDone: (count: number) => void,
): Promise<string[]> {
  const ids = prompts.map((prompt) => tokenizer.encode(prompt));
  const promptTokens = BATCH * ids.reduce((longest, { length }) => Math.max(longest, length), 1);
  const generator = new Generator(model, { promptTokens, sequences: BATCH, maxTokens: ANSWER });
  const options = { maxTokens: ANSWER, stopToken: null, temperature: 0, top_k: 0, top_p: 1, seed: 0 } as const;
  const answers: string[] = [];
  try {
    for (let first = 0; first < ids.length; first += BATCH) {
      const some = ids.slice(first, first + BATCH);
      const written = await generator.generate(some, 1, { ...options, stream: 'evaluation', step: 0 });
      written.forEach((completion, i) => answers.push(tokenizer.decodeContinuation(some[i]!, completion.ids)));
      onDone(some.length);
    }
  } finally {
    generator.destroy();
  }
  return answers;
}

/** Whether an answer begins with this name as a whole word, with or without an article. */
function begins(answer: string, name: string): boolean {
  const said = folded(answer).replace(/^the /, '');
  const wanted = folded(name);
  return said.startsWith(wanted) && !/^[a-z]/.test(said.slice(wanted.length));
}

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
