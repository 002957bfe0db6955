import { describe, expect, it } from 'vitest';
import { reasonSession, REASON_TASKS, type ReasonTask } from '../config/base-session';
import { sessionProblems } from '../config/session-checks';
import { writeCheckpoint } from '../formats/huggingface';
import { filesInMemory } from '../formats/model-files';
import { openModel } from '../formats/open-model';
import { tinyQwen3 } from '../formats/tiny-qwen3.test-data';
import { wordLevelTokenizer } from '../formats/word-level';
import { sha256 } from '../lib/hash';
import { atlasData } from '../tasks/atlas/atlas.test-data';
import { createTask } from '../tasks/registry';
import { writeProbe } from '../tasks/world/data';
import { PROBE_PATH, WORLD_FILE } from '../tasks/world/files';
import { countries, worldBytes } from '../tasks/world/world.test-data';
import { checkpointTensors } from '../tensors/layout';
import { startReason } from './reason-start';

const SHA = 'ab'.repeat(32);
const BASE = { sha256: SHA, name: 'it', from: '' };
const probe = (cities: number) =>
  writeProbe({
    about: '',
    base: { sha256: SHA, name: 'it' },
    asked: { capitals: countries.length, cities: 6 * countries.length },
    known: Object.fromEntries(countries.slice(0, 40).map(({ id, asked }) => [id, asked.slice(0, cities)])),
  });

/** A base that knows these words, with as much context. */
async function opened(words: readonly string[], context: number) {
  const known = ['<unk>', ...new Set(words), '</s>'];
  const arch = { ...tinyQwen3, vocab_size: known.length, max_position_embeddings: context };
  const tensors = new Map(checkpointTensors(arch).map(({ name, length }) => [name, new Float32Array(length)]));
  const tokenizer = wordLevelTokenizer(known, '<unk>', { eos: '</s>' });
  return openModel(filesInMemory(writeCheckpoint(arch, tensors, { tokenizer })), 'it');
}

async function start(task: ReasonTask, context = 128, knows: (word: string) => boolean = () => true, cities = 3) {
  const asked = probe(cities);
  const corpus = task === 'world' ? sha256(asked) : '';
  const { task: settings, seed } = reasonSession(BASE, task, corpus, { longest: null, context: 128 });
  const data = new Map([...atlasData, [WORLD_FILE.path, worldBytes]]);
  if (task === 'world') data.set(PROBE_PATH, asked);
  const { vocabulary } = createTask(settings, seed, task === 'world' && cities === 0 ? new Map([...data, [PROBE_PATH, probe(3)]]) : data); // prettier-ignore
  const words = vocabulary.filter((word) => !/^<.*>$/.test(word) && knows(word));
  return startReason({ ...BASE, opened: await opened(words, context) }, task, corpus, () => Promise.resolve(data));
}

describe('a base that is taught to reason', () => {
  it.each(REASON_TASKS)('gets a session of %s that has room for its sequences', async (task) => {
    const session = await start(task);
    expect(sessionProblems(session)).toEqual([]);
    expect(session).toMatchObject({
      task: { name: task },
      model: { base: BASE, adapter: { rank: 8 } },
      sft: { mode: 'reasoning', steps: 60 },
      grpo: { steps: 20, gate: false },
    });
    // Sequences are short, and activations are made for no more.
    expect(session.model.max_position_embeddings).toBeLessThan(128);
  });

  it('is refused where its tokenizer does not read the words of the task', async () => {
    await expect(start('kin', 128, (word) => word.length < 4)).rejects.toThrow(
      /^it: its tokenizer reads "neighbour Quinn" as "", expected one that knows the words of the task kin$/,
    );
  });

  it('is refused where its context is too short', async () => {
    await expect(start('atlas-walk', 24)).rejects.toThrow(
      /^it: its context is 24 tokens, expected at least \d+, the longest sequence of the task atlas-walk in its own tokens$/,
    );
  });

  it('is refused where it knows too little of the world', async () => {
    await expect(start('world', 128, () => true, 0)).rejects.toThrow(
      'world: it knows 0 cities in 0 countries with both hops, expected at least 20 in 8',
    );
  });
});
