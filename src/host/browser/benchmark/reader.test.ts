import { describe, expect, it } from 'vitest';
import { parseShape } from '../../../config/parse-session';
import { writeCheckpoint } from '../../../formats/huggingface';
import { filesInMemory } from '../../../formats/model-files';
import { openModel } from '../../../formats/open-model';
import { tinyQwen3 } from '../../../formats/tiny-qwen3.test-data';
import { wordLevelTokenizer } from '../../../formats/word-level';
import { plannedGpu } from '../../../gpu/planned';
import { NO_DATA } from '../../../tasks/task-data';
import { checkpointTensors } from '../../../tensors/layout';
import { baseOf, modelOf, taskOf } from '../../../training/base';
import { runReader } from './reader';

const WORDS = ['<unk>', 'a', 'b', '</s>'];
const SHA = 'ab'.repeat(32);

async function base() {
  const arch = { ...tinyQwen3, vocab_size: WORDS.length };
  const tensors = new Map(
    checkpointTensors(arch).map(({ name, length }) => [name, new Float32Array(length).fill(0.1)]),
  );
  const tokenizer = wordLevelTokenizer(WORDS, '<unk>', { eos: '</s>' });
  const opened = await openModel(filesInMemory(writeCheckpoint(arch, tensors, { tokenizer })), 'it');
  const session = parseShape({ model: { base: { sha256: SHA, name: 'it' } }, sft: { mode: 'direct' } });
  return { session, base: await baseOf(session, opened, SHA, 'it') };
}

describe('how a run’s model reads for a benchmark', () => {
  it('is by the words of its task', () => {
    const session = parseShape({});
    const task = taskOf(session, { files: NO_DATA, base: null });
    const model = modelOf(plannedGpu(), session, task, null);
    const { prompts, reasons, unknown } = runReader(model, task, null);
    expect(prompts.embedId).toBe(task.vocabulary.indexOf(task.specials.embed));
    expect(reasons).toBe(true);
    expect(unknown!('zebra').unknown).toEqual(['zebra']);
  });

  it('is refused where it was trained from a base, which reads by the base’s own tokenizer', async () => {
    const from = await base();
    const task = taskOf(from.session, { files: NO_DATA, base: from.base });
    const model = modelOf(plannedGpu(), from.session, task, from.base);
    expect(() => runReader(model, task, from.base)).toThrow('the run: trained from a base model, expected');
  });
});
