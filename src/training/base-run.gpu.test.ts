import { describe, expect, it } from 'vitest';
import { parseSession } from '../config/parse-session';
import { secondsSession } from '../config/seconds.test-data';
import type { Session } from '../config/session';
import { merged } from '../formats/merged-source';
import { filesInMemory } from '../formats/model-files';
import { openModel } from '../formats/open-model';
import { readPeft } from '../formats/peft';
import { loraOf } from '../formats/peft-lora';
import type { Gpu } from '../gpu/gpu';
import { testWithGpu } from '../gpu/testing';
import { InputError } from '../lib/errors';
import { LogitsPass } from '../model/inference';
import type { StepMetrics } from '../records/records';
import { NO_DATA } from '../tasks/task-data';
import { baseOf, type Base } from './base';
import { checkpointFiles } from './checkpoint-files';
import { measureSession } from './measure';
import { loadModel } from './opened-model';
import { readRunState, writeRunState } from './run-state-file';
import { SessionRun, type RunState } from './session-run';
import { SILENT } from './silent';

/** A model that was trained before, as a folder: a few steps of stage 0, which give it its own words. */
async function pretrained(gpu: Gpu): Promise<Map<string, Uint8Array>> {
  const session = parseSession(
    secondsSession({ pretrain: { steps: 4 }, sft: { steps: 0 }, grpo: { steps: 0 }, evaluation: { every: 0 } }),
  );
  const { run } = begin(gpu, session, null);
  while (await run.advance());
  const { weights } = await run.checkpointNow();
  const files = checkpointFiles(session, run.task, weights);
  run.destroy();
  return files;
}

const adapted = (sha256: string, model: Partial<Session['model']> = {}): Session =>
  parseSession(
    {
      ...secondsSession({
        pretrain: { steps: 0 },
        sft: { steps: 4, weight_kl: 0.1 },
        grpo: { steps: 3 },
        environment: { budget: 0.2 },
        evaluation: { every: 4, final_queries_per_depth: 4 },
        checkpoint: { every: 2 },
      }),
      // Its shape is the base's own.
      model: {
        base: { sha256, name: 'pretrained' },
        adapter: { rank: 3, alpha: 6, targets: ['q_proj', 'v_proj', 'down_proj'], embed_token: '<|embed_token|>' },
        max_position_embeddings: 64,
        ...model,
      },
    },
    'adapted',
  );

async function opened(files: ReadonlyMap<string, Uint8Array>) {
  const model = await openModel(filesInMemory(files), 'pretrained');
  return { model, hash: await model.hash() };
}

function begin(gpu: Gpu, session: Session, base: Base | null) {
  const metrics: StepMetrics[] = [];
  const states: RunState[] = [];
  const run = new SessionRun(
    gpu,
    session,
    {
      ...SILENT,
      metrics: (steps) => metrics.push(...steps),
      checkpoint: (state) => Promise.resolve(void states.push(state)),
    },
    undefined,
    undefined,
    base,
  );
  return { run, metrics, states };
}

const bytesOf = (pages: readonly Float32Array[]): number => pages.reduce((sum, { byteLength }) => sum + byteLength, 0);

describe('a session from a base', () => {
  testWithGpu(
    'trains its adapter through both stages, and goes on from any checkpoint with the same bits',
    async ({ gpu }) => {
      const { model, hash } = await opened(await pretrained(gpu));
      const session = adapted(hash, { dtype: 'f16' });
      const base = await baseOf(session, model, hash, 'pretrained');
      const first = begin(gpu, session, base);
      await first.run.load();
      const before = await first.run.model.weights.read('frozen');
      while (await first.run.advance());
      expect(first.metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      for (const line of first.metrics) expect(line.grad_norm).toBeGreaterThan(0);
      // The reference is what a stage began with: in stage 2 an adapter and a token's row that were trained before.
      const [warm] = first.metrics.filter(({ stage }) => stage === 'grpo');
      expect([first.metrics[0]!['loss/kl'], warm!['kl']]).toEqual([0, 0]);
      expect(await first.run.model.weights.read('frozen')).toEqual(before);

      // The base is in no state: the adapter, its moments, and the adapter that stage 2's KL measures from.
      const trained = first.run.model.table.pages.filter(({ group }) => group === 'trained');
      for (const { weights, base: reference } of first.states) {
        expect(bytesOf(weights)).toBe(trained.reduce((sum, { bytes }) => sum + bytes, 0));
        if (reference) expect(bytesOf(reference)).toBe(bytesOf(weights));
      }
      const { value } = first.run.fingerprintSoFar;
      for (const state of first.states) {
        const resumed = begin(gpu, session, base);
        await resumed.run.load();
        await resumed.run.restore(readRunState(writeRunState(state, 'hash'), 'hash', 'state'));
        while (await resumed.run.advance());
        expect(resumed.run.fingerprintSoFar.value, `resumed after step ${state.step}`).toBe(value);
        resumed.run.destroy();
      }
      first.run.destroy();
    },
  );

  testWithGpu('is measured on the weights of its base', async ({ gpu }) => {
    const { model, hash } = await opened(await pretrained(gpu));
    const session = adapted(hash);
    const base = await baseOf(session, model, hash, 'pretrained');
    const speed = await measureSession(gpu, session, { files: NO_DATA, base }, () => false);
    expect(speed!.stages.map(({ stage }) => stage)).toEqual(['sft', 'grpo']);
    const read = () => Promise.reject(new InputError('pretrained: ends early'));
    const short = { ...base, opened: { ...base.opened, weights: { ...base.opened.weights, read } } };
    await expect(measureSession(gpu, session, { files: NO_DATA, base: short }, () => false)).rejects.toThrow(
      'pretrained: ends early',
    );
  });

  testWithGpu(
    'leaves an adapter in PEFT’s layout, which merged into the base gives the same logits',
    async ({ gpu }) => {
      const { model, hash } = await opened(await pretrained(gpu));
      const session = adapted(hash, { adapter: { rank: 2, alpha: 4, rslora: true, targets: ['k_proj', 'o_proj', 'up_proj'], embed_token: '<|embed_token|>' } }); // prettier-ignore
      const base = await baseOf(session, model, hash, 'pretrained');
      const { run } = begin(gpu, session, base);
      await run.load();
      while (await run.advance());
      const { weights } = await run.checkpointNow();
      const files = checkpointFiles(session, run.task, weights, base);
      expect([...files.keys()].sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
      const read = (name: string) => Promise.resolve(files.get(name) ?? null);
      const adapter = await readPeft(read, model.arch, 'checkpoint');
      expect(loraOf(adapter, model.arch, 'checkpoint').settings).toMatchObject({
        rank: 2,
        targets: ['k_proj', 'o_proj', 'up_proj'],
        embedToken: base.embed,
      });

      const sequence = run.tokens.document(3);
      const trained = new LogitsPass(run.model, sequence.length);
      const expected = await trained.run([sequence]);
      const whole = await loadModel(gpu, merged(model, adapter));
      const pass = new LogitsPass(whole, sequence.length);
      const found = await pass.run([sequence]);
      found.logits.forEach((value, at) => expect(value).toBeCloseTo(expected.logits[at]!, 4));
      for (const part of [trained, pass, whole, run]) part.destroy();
    },
  );

  testWithGpu('may train all weights of a base', async ({ gpu }) => {
    const { model, hash } = await opened(await pretrained(gpu));
    const session = adapted(hash, { adapter: { rank: 0, alpha: 1, rslora: false, targets: ['q_proj'], embed_token: '' } }); // prettier-ignore
    const base = await baseOf(session, model, hash, 'pretrained');
    const { run, metrics } = begin(gpu, session, base);
    await run.load();
    while (await run.advance());
    expect(metrics).toHaveLength(7);
    const { weights } = await run.checkpointNow();
    const files = checkpointFiles(session, run.task, weights, base);
    const again = await openModel(filesInMemory(files), 'trained');
    expect(again.arch).toEqual(model.arch);
    expect(again.tokenizer).toEqual(model.tokenizer);
    run.destroy();
  });
});

describe('a base that is not the one', () => {
  const refusal = async (work: () => unknown): Promise<string> => {
    try {
      await work();
      return '';
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
  };

  testWithGpu('is refused in one sentence', async ({ gpu }) => {
    const { model, hash } = await opened(await pretrained(gpu));
    const session = adapted(hash);
    expect(await refusal(() => baseOf(session, model, 'f'.repeat(64), 'folder'))).toBe(
      `folder: its SHA-256 is ffffffffffff…, expected ${hash.slice(0, 12)}… (pretrained), the base of the session`,
    );
    const adapter = { ...session.model.adapter, embed_token: '<|nothing|>' };
    const other = { ...session, model: { ...session.model, adapter } };
    expect(await refusal(() => baseOf(other, model, hash, 'folder'))).toContain(
      '"<|nothing|>", expected a token of pretrained',
    );
    expect(await refusal(() => begin(gpu, session, null))).toContain('model.base names pretrained');
    const high = { ...session, model: { ...session.model, adapter: { ...session.model.adapter, rank: 256 } } };
    expect(await refusal(() => baseOf(high, model, hash, 'folder').then((base) => begin(gpu, high, base)))).toContain(
      "the adapter's rank is 256",
    );
    const long = { ...session, model: { ...session.model, max_position_embeddings: 2048 } };
    expect(await refusal(() => baseOf(long, model, hash, 'folder').then((base) => begin(gpu, long, base)))).toMatch(
      /max_position_embeddings is 2048, expected at most \d+, the base's own context$/,
    );
    const short = { ...session, model: { ...session.model, max_position_embeddings: 8 } };
    expect(await refusal(() => baseOf(short, model, hash, 'folder').then((base) => begin(gpu, short, base)))).toMatch(
      /max_position_embeddings is 8, expected at least \d+, the longest sequence in the base's tokens/,
    );
  });

  it('is refused in the session by what it says', async () => {
    const problem = (changes: object) => refusal(() => parseSession(changes));
    expect(await problem({ model: { adapter: { rank: 4 } } })).toContain('model.adapter.rank is 4, expected 0');
    expect(await problem({ model: { base: { sha256: 'abc' } } })).toContain('model.base.sha256 is "abc"');
    const base = { sha256: 'ab'.repeat(32) };
    expect(await problem({ model: { base } })).toContain('pretrain.steps is 700, expected 0');
    const pattern = /model\.adapter\.targets is .*, expected /;
    for (const targets of [['gate'], ['q_proj', 'w1'], []]) {
      expect(await problem({ model: { base, adapter: { rank: 4, targets } }, pretrain: { steps: 0 } })).toMatch(
        pattern,
      );
    }
    expect(await problem({ model: { base, hidden_size: 32 }, pretrain: { steps: 0 } })).toContain(
      'model.hidden_size is 32',
    );
    expect(await problem({ model: { base, dtype: 'f16' }, pretrain: { steps: 0 } })).toContain('model.dtype is "f16"');
    expect(await problem({ model: { base }, pretrain: { steps: 0 } })).toBe('');
  });
});
