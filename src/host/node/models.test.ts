import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readEmbedderSettings } from '../../formats/embedder-settings';
import { readTokenizerFiles, writeCheckpoint } from '../../formats/huggingface';
import { filesInMemory } from '../../formats/model-files';
import { openModel } from '../../formats/open-model';
import { writePeft } from '../../formats/peft-writer';
import { writeSafetensors } from '../../formats/safetensors';
import { tinyQwen3 as arch } from '../../formats/tiny-qwen3.test-data';
import { Tokenizer } from '../../formats/tokenizer';
import { wordLevelTokenizer } from '../../formats/word-level';
import { checkpointTensors, tensorLayout } from '../../tensors/layout';
import { EmbeddingPrompts } from '../../training/benchmark/embedding-prompts';

const script = fileURLToPath(new URL('../../../scripts/lab.mjs', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'models-'));
const store = join(root, 'kept');
afterAll(() => rmSync(root, { recursive: true, force: true }));

function lab(...argv: string[]) {
  const env = { ...process.env, SEARCH_R3_LAB_MODELS: store };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...argv], { encoding: 'utf8', env });
  return { status, stdout, stderr };
}
const answer = (...argv: string[]): unknown => {
  const { status, stdout, stderr } = lab(...argv);
  expect({ status, stderr: stderr.replace(/.*(bytes hashed|: hashing).*\n/g, '') }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
};

function folder(name: string, files: ReadonlyMap<string, Uint8Array>): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  for (const [file, bytes] of files) writeFileSync(join(path, file), bytes);
  return path;
}
const values = (length: number, t: number) => Float32Array.from({ length }, (_, i) => Math.sin(i + t) / 8);
const tensors = new Map(checkpointTensors(arch).map(({ name, length }, t) => [name, values(length, t)]));
const tokenizer = wordLevelTokenizer(['<unk>', 'a', 'b', '</s>'], '<unk>', { eos: '</s>' });
const files = writeCheckpoint(arch, tensors, { tokenizer });
const model = folder('tiny', files);

/** An adapter for a shape, with changes to its settings. */
function adapter(name: string, of = arch, change: Record<string, unknown> = {}): string {
  const settings = { rank: 2, alpha: 4, rslora: false, targets: ['q_proj' as const], embedToken: null };
  const parts = tensorLayout(of, { adapter: settings }).flatMap((tensor) =>
    tensor.group === 'frozen' ? [] : tensor.parts,
  );
  const weights = new Map(parts.map((part, t) => [part.name, values(part.length, t)]));
  const written = writePeft({ settings, tensors: weights }, of, { name: 'tiny', revision: null });
  const config: unknown = JSON.parse(new TextDecoder().decode(written.get('adapter_config.json')));
  const changed = JSON.stringify({ ...(typeof config === 'object' ? config : {}), ...change });
  return folder(name, written.set('adapter_config.json', new TextEncoder().encode(changed)));
}

describe('the models that the command line keeps', { timeout: 60_000 }, () => {
  beforeEach(() => rmSync(store, { recursive: true, force: true }));

  it('are added under their hash, listed, found by it, and removed', async () => {
    expect(answer('models')).toEqual([]);
    const hash = await (await openModel(filesInMemory(files), 'tiny')).hash();
    const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
    const kept = { hash, kind: 'huggingface', name: 'tiny', bytes, path: join(store, hash, 'files') };
    expect(answer('models', 'add', model)).toEqual(kept);
    expect(readdirSync(kept.path).sort()).toEqual([...files.keys()].sort());
    // The same model under another name is the same model.
    cpSync(model, join(root, 'other'), { recursive: true });
    expect(answer('models', 'add', join(root, 'other'))).toEqual(kept);
    expect(answer('models')).toEqual([kept]);
    // By its hash it is opened, so that its own vocabulary is told.
    const asked = lab('logits', '--checkpoint', hash.slice(0, 8), '--ids', '99', '--output', join(root, 'x.npy'));
    expect(asked).toMatchObject({ status: 2, stderr: '--ids: "99", expected whole numbers from 0 to 6, separated by commas\n' }); // prettier-ignore
    expect(answer('models', 'remove', hash.slice(0, 10))).toEqual({ removed: hash, name: 'tiny' });
    expect(answer('models')).toEqual([]);
    expect(existsSync(join(store, hash))).toBe(false);
  });

  it('are not those whose copy was broken off', () => {
    mkdirSync(join(store, 'ab'.repeat(32), 'files'), { recursive: true });
    mkdirSync(join(store, `.${'cd'.repeat(32)}.partial`), { recursive: true });
    expect(answer('models')).toEqual([]);
    expect(lab('models', 'remove', 'ab'.repeat(32)).stderr).toMatch(/: no kept model, expected the hash of one/);
  });

  const cut = files.get('model.safetensors')!.subarray(0, -4);
  const nan = new Map(tensors).set('lm_head.weight', new Float32Array(56).fill(NaN));
  const without = (name: string) => new Map([...files].filter(([file]) => file !== name));
  it.each([
    [['models', 'keep'], /^"keep": unknown, expected: lab models \[add PATH\|remove HASH\]/],
    [['models', 'add'], /^PATH: missing, expected: lab models add PATH/],
    [['models', 'add', model, 'more'], /^"more": unexpected argument/],
    [['models', 'add', join(root, 'not there')], /not there: no such file, expected a folder in Hugging Face layout or a \.gguf/], // prettier-ignore
    [['models', 'add', join(model, 'config.json')], /config\.json: a file that is no \.gguf, expected a folder/],
    [['models', 'add', folder('empty', new Map())], /empty: empty, expected a checkpoint in Hugging Face layout or a \.gguf file/], // prettier-ignore
    [['models', 'add', folder('bare', without('model.safetensors'))], /bare: no weights, expected model\.safetensors/],
    [['models', 'add', folder('cut', new Map([...files, ['model.safetensors', cut]]))], /ends at byte \d+, expected at most/], // prettier-ignore
    [['models', 'add', adapter('alone')], /alone: an adapter \(LORA\) of tiny and no model, expected the model it belongs to/], // prettier-ignore
    [['models', 'remove'], /^HASH: missing, expected: lab models remove HASH/],
    [
      ['models', 'remove', 'abcdef0123'],
      /^abcdef0123: no kept model, expected the hash of one that `lab models` lists/,
    ],
    [['models', 'remove', 'abc'], /^abc: no kept model, expected .* 8 and more digits/],
    [['models', 'remove', '../tiny'], /^\.\.\/tiny: no kept model/],
    [['encode', '--checkpoint', 'abcdef0123', '--input', 'x', '--output', 'y'], /expected/],
    [['logits', '--checkpoint', 'abcdef0123', '--ids', '1', '--output', 'y'], /^abcdef0123: no kept model/],
  ])('%j is bad input: one line, exit 2, nothing kept', (argv, message) => {
    const { status, stdout, stderr } = lab(...argv);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(existsSync(store) ? readdirSync(store) : []).toEqual([]);
  });

  it.each([
    ['another base', adapter('wider', { ...arch, hidden_size: 16 }), /lora_A has shape \[2, 16\], expected \[2, 8\] for this base/], // prettier-ignore
    [
      'more layers',
      adapter('deeper', { ...arch, num_hidden_layers: 3 }),
      /layers\.2\.\S+ matches nothing of this qwen3/,
    ],
    ['a rank above the matrix', adapter('high', arch, { r: 9 }), /has rank 9, expected a whole number of at most 8/],
    ['targets that match nothing', adapter('targets', arch, { target_modules: ['q_proj', 'c_attn'] }), /target_modules has "c_attn", expected adapter_model\.safetensors to hold it/], // prettier-ignore
    ['another kind', adapter('dora', arch, { use_dora: true }), /an adapter with DoRA, expected plain LoRA or rsLoRA/],
    ['no adapter', model, /tiny: no adapter_config\.json, expected an adapter in PEFT's layout/],
    ['nothing there', join(root, 'nothing'), /nothing: no such file, expected an adapter in PEFT's layout/],
  ])('an adapter of %s is refused in one line', (_what, path, message) => {
    const out = join(root, 'refused');
    const { status, stdout, stderr } = lab('export', model, '--adapter', path, '--to', 'peft', '--out', out);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(existsSync(out)).toBe(false);
  });

  it('weights that are no numbers leave no export', () => {
    const bad = folder('nan', new Map([...files, ['model.safetensors', writeSafetensors(new Map(checkpointTensors(arch).map(({ name, shape }) => [name, { shape, data: nan.get(name)! }])))]])); // prettier-ignore
    const out = join(root, 'from nan');
    const { status, stderr } = lab('export', bad, '--to', 'hf', '--out', out);
    expect(stderr).toMatch(/^[^\n]+finite[^\n]*\n$/);
    expect(status).toBe(2);
    expect(existsSync(out) || existsSync(`${out}.part`)).toBe(false);
  });

  it('a run that trained an adapter is exported with its session’s prompts and token', async () => {
    const hash = await (await openModel(filesInMemory(files), 'tiny')).hash();
    const made = {
      task: { name: 'text', corpus: 'ab'.repeat(32) },
      model: { base: { sha256: hash, name: 'tiny' }, adapter: { rank: 2, alpha: 4, embed_token: 'b' } },
      prompts: { query: 'a {text} a', document: '{text} a' },
      ...{ pretrain: { steps: 0 }, sft: { mode: 'direct', hard_negatives: 0 } },
    };
    const run = join(root, 'run');
    cpSync(adapter('of run'), join(run, 'checkpoint'), { recursive: true });
    writeFileSync(join(run, 'session.json'), JSON.stringify(made));
    for (const to of ['peft', 'sentence-transformers']) {
      const out = join(root, `run as ${to}`);
      expect(answer('export', run, '--base', model, '--to', to, '--out', out)).toMatchObject({ out });
      const read = (name: string): Promise<Uint8Array | null> =>
        Promise.resolve(existsSync(join(out, name)) ? new Uint8Array(readFileSync(join(out, name))) : null);
      const written = await readTokenizerFiles(read, out);
      const settings = await readEmbedderSettings(read, out);
      const prompts = new EmbeddingPrompts(new Tokenizer(written!, out), 32, out, settings);
      expect(prompts.directQueries(['a b a']).sequences).toEqual([[1, 1, 2, 1, 1, 2]]);
      expect(prompts.direct(['b b']).sequences).toEqual([[2, 2, 1, 2]]);
      expect(prompts.embedToken).toBe('b');
    }
    const none = lab('export', run, '--to', 'peft', '--out', join(root, 'without base'));
    expect(none.stderr).toMatch(/^--base: missing, expected tiny \([0-9a-f]{12}…\): a folder, a \.gguf file/);
    const both = lab('export', run, '--base', model, '--adapter', run, '--to', 'peft', '--out', join(root, 'both'));
    expect(both.stderr).toMatch(/^--adapter: given with a run, expected none/);
  });

  it('an adapter is exported under PEFT’s names, with a card, and needs one to be given', () => {
    const out = join(root, 'exported');
    expect(answer('export', model, '--adapter', adapter('good'), '--to', 'peft', '--out', out)).toMatchObject({ out });
    const wanted = ['README.md', 'adapter_config.json', 'adapter_model.safetensors', 'modules.json', 'tokenizer.json'];
    expect(wanted.filter((name) => !existsSync(join(out, name)))).toEqual([]);
    const none = lab('export', model, '--to', 'peft', '--out', join(root, 'none'));
    expect(none).toMatchObject({ status: 2, stderr: "--adapter: missing, expected with --to peft an adapter in PEFT's layout\n" }); // prettier-ignore
  });
});
