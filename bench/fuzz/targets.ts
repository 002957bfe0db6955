import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { parseSession } from '../../src/config/parse-session';
import { PRESETS, presetSession } from '../../src/config/presets';
import { bpeTokenizer } from '../../src/formats/bpe-tokenizer';
import { gz, zip } from '../../src/formats/collection/collection.test-data';
import { readCollection } from '../../src/formats/collection/read-collection';
import { memoryFile } from '../../src/formats/collection/source-file';
import { parseConfig, writeConfig } from '../../src/formats/huggingface';
import { decodeUtf8, isJsonObject, parseJson, parseJsonObject } from '../../src/formats/json';
import { readNpy, writeNpy } from '../../src/formats/npy';
import { readStoredSafetensors, writeSafetensors } from '../../src/formats/safetensors';
import { Tokenizer } from '../../src/formats/tokenizer';
import { parseRun } from '../../src/formats/trec';
import { wordLevelTokenizer } from '../../src/formats/word-level';
import { writeArchive, storeArchive } from '../../src/host/browser/runs/archive';
import { filled, session as runSession } from '../../src/host/browser/runs/filled-run.test-data';
import { OwnLocks } from '../../src/host/browser/runs/locks';
import { MemoryFolder } from '../../src/host/browser/runs/memory-files';
import { RunStore } from '../../src/host/browser/runs/run-store';
import { drive } from '../../src/lib/drive';
import { pack } from '../../src/runs/pack';
import { decodeLink, encodeLink } from '../../src/session/link';
import { runHash } from '../../src/session/session-hash';
import { Bpe } from '../../src/tokenizer/bpe';
import { learnBpe } from '../../src/tokenizer/learn-bpe';
import { readRunState, writeRunState } from '../../src/training/run-state-file';
import { state } from '../../src/host/browser/runs/filled-run.test-data';
import { clusterTargets } from './cluster-targets';
import { encoderTargets } from './encoder-targets';
import { ARCH, modelTargets } from './model-targets';
import { json, mutated, utf8, type Draw } from './mutate';

/** A parser, and real files of its kind. */
export interface Target {
  name: string;
  seeds: readonly Uint8Array[];
  /** Reads one; may throw an `InputError` and nothing else. */
  read(bytes: Uint8Array): unknown;
  /** A way to spoil a file other than changing its bytes. */
  spoil?: (seed: Uint8Array, others: readonly Uint8Array[], draw: Draw) => Uint8Array;
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const ROOM = { bytes: 32e6, of: 'a test' };
const CORPUS = '{"_id":"a","title":"Wings","text":"lift of a wing"}\n{"_id":"b","text":"slabs","metadata":{}}\n';
const QUERIES = '{"_id":"q","text":"wing","excluded_ids":["b"]}\n';
const QRELS = 'query-id\tcorpus-id\tscore\nq\ta\t1\nq\tb\t0\n';
const PAGE = '<!doctype html><title>Wings &amp; slabs</title><body><h1>Lift</h1><p>of a <b>wing</b><ul><li>one<li>two';
const NOTE =
  '---\ntitle: Wings\n---\n# Lift\n\nof a *wing*, [a link](x) and `code`\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |\n';

const collection = (
  path: string,
  seeds: readonly (string | Uint8Array)[],
  beside: Record<string, string> = {},
): Target => ({
  name: path,
  seeds: seeds.map((one) => (typeof one === 'string' ? utf8(one) : one)),
  read: (bytes) =>
    readCollection(
      [
        memoryFile(path, path, bytes),
        ...Object.entries(beside).map(([name, text]) => memoryFile(name, name, utf8(text))),
      ],
      'dir',
      ROOM,
    ),
});

/** Files of every parser. */
export async function targets(): Promise<Target[]> {
  const { store, id } = await filled();
  const archive = await writeArchive(store, id);
  return [
    link(),
    sessionFile(),
    tensors(),
    configFile(),
    tokenizerFile(),
    ...modelTargets(),
    ...encoderTargets(),
    ...(await clusterTargets()),
    collection('corpus.jsonl', [CORPUS, CORPUS.replaceAll('_id', 'docid')]),
    collection('queries.jsonl', [QUERIES], { 'corpus.jsonl': CORPUS }),
    collection('qrels/test.tsv', [QRELS, 'q 0 a 1\nq 0 b 0\n', 'q\t0\ta\t1\n'], { 'corpus.jsonl': CORPUS, 'queries.jsonl': QUERIES }), // prettier-ignore
    collection('corpus.csv', ['id,title,text\r\na,Wings,"lift ""of"" a\nwing"\r\nb,,slabs\r\n', '_id;title;text\na;Wings;lift\n']), // prettier-ignore
    collection('corpus.tsv', ['id\ttitle\ttext\na\tWings\tlift\n', 'a1\tlift\n']),
    collection('a.html', [PAGE]),
    collection('a.md', [NOTE]),
    collection('a.txt', ['Wings\n\nlift of a wing\n']),
    collection('set.zip', [zip({ 'set/corpus.jsonl': CORPUS, 'set/qrels/test.tsv': QRELS, 'a.md': NOTE })]),
    collection('corpus.jsonl.gz', [gz(CORPUS)]),
    {
      name: 'run.trec',
      seeds: [utf8('q Q0 a 1 3.5 lab\nq Q0 b 2 1.25e-3 lab\n')],
      read: (bytes) => parseRun(bytes, 'run.trec'),
    },
    {
      name: 'matrix.npy',
      seeds: [writeNpy({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) })],
      read: (bytes) => readNpy(bytes, 'matrix.npy'),
    },
    {
      name: 'state.safetensors',
      seeds: [writeRunState(state, runHash(runSession, []))],
      read: (bytes) => readRunState(bytes, runHash(runSession, []), 'state'),
    },
    runFile('run.zip', archive),
    { ...runFile('run.zip, sealed again', archive), spoil: sealedAgain },
  ];
}

function link(): Target {
  const sessions = PRESETS.map(({ name }) => presetSession(name)!);
  const links = sessions.map((session) => encodeLink({ session }));
  const recorded: unknown = JSON.parse(readFileSync('src/session/versions/v2.links.json', 'utf8'));
  const old = Array.isArray(recorded)
    ? recorded.flatMap((entry: unknown) => (isJsonObject(entry) && typeof entry['link'] === 'string' ? [entry['link']] : [])) // prettier-ignore
    : [];
  return { name: 'link', seeds: [...links, ...old].map(utf8), read: (bytes) => decodeLink(textOf(bytes)) };
}

function sessionFile(): Target {
  return {
    name: 'session.json',
    seeds: [json(parseSession({})), json(presetSession('kin-quick')), json({ seed: 3, sft: { steps: 2 } })],
    read: (bytes) => parseSession(parseJson(decodeUtf8(bytes, 'session.json'), 'session.json')),
  };
}

function tensors(): Target {
  const data = Float32Array.of(1, -2, 0.5, 4);
  const one = (dtype: 'F32' | 'F16' | 'BF16'): Uint8Array =>
    writeSafetensors(new Map([['a', { shape: [2, 2], data, dtype }], ['b.weight', { shape: [4], data }]]), { format: 'pt' }); // prettier-ignore
  return {
    name: 'model.safetensors',
    seeds: [one('F32'), one('F16'), one('BF16')],
    read: (bytes) => readStoredSafetensors(bytes, 'model.safetensors'),
  };
}

function configFile(): Target {
  const scaling = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 64 }; // prettier-ignore
  return {
    name: 'config.json',
    seeds: [utf8(writeConfig(ARCH)), json({ ...ARCH, rope_parameters: { ...scaling, rope_theta: 5e5 } })],
    read: (bytes) => parseConfig(parseJsonObject(bytes, 'config.json'), 'config.json'),
  };
}

function tokenizerFile(): Target {
  const bpe = new Bpe(['<pad>', '<unk>', '</s>'], drive(learnBpe(['the cat sat on the mat'], 262)));
  const table: unknown = JSON.parse(readFileSync('src/formats/tokenizer-json/ids.json', 'utf8'));
  const rows: unknown = isJsonObject(table) ? table['rows'] : [];
  const parts = Array.isArray(rows) ? rows.flatMap((row: unknown) => (isJsonObject(row) && isJsonObject(row['parts']) ? [row['parts']] : [])) : []; // prettier-ignore
  const model = { type: 'BPE', unk_token: '<unk>', vocab: { '<s>': 0, '</s>': 1, '<unk>': 2, a: 3, b: 4, ab: 5 }, merges: ['a b'] }; // prettier-ignore
  // Parts that add tokens number them after those of the table's own model, which is larger.
  const own = parts.filter((part) => 'model' in part || !('added_tokens' in part));
  const added = { added_tokens: [{ id: 6, content: 'ca', lstrip: true, single_word: true }, { id: 7, content: '<|end|>', special: true }] }; // prettier-ignore
  const texts = ['the café <|end|> ca x=(12345):\n日本', ' '.repeat(3000), 'a'.repeat(3000), 'ab1'.repeat(700)];
  return {
    name: 'tokenizer.json',
    seeds: [
      json(bpeTokenizer(bpe, { eos: '</s>', pad: '<pad>', unk: '<unk>' }).tokenizer),
      json(wordLevelTokenizer(['<unk>', '<s>', 'the', 'cat'], '<unk>', { bos: '<s>' }).tokenizer),
      json({ model, ...added }),
      ...own.map((part) => json({ model, ...part })),
    ],
    read: (bytes) => {
      const tokenizer = new Tokenizer({ tokenizer: parseJsonObject(bytes, 'tokenizer.json'), config: {} }, 'x');
      for (const text of texts) tokenizer.decode(tokenizer.encode(text));
    },
  };
}

function runFile(name: string, archive: Uint8Array): Target {
  return {
    name,
    seeds: [archive],
    read: async (bytes) => {
      const store = new RunStore(new MemoryFolder(), new OwnLocks());
      try {
        await storeArchive(store, new Blob([bytes.slice()]));
      } catch (error) {
        const left = await store.list();
        if (left.length > 0) throw new Error('a refused run file left a run behind', { cause: error });
        throw error;
      }
    },
  };
}

/** Makes a run file with a valid seal and one damaged file, as an attacker could who knows how it is sealed. */
function sealedAgain(seed: Uint8Array, others: readonly Uint8Array[], draw: Draw): Uint8Array {
  const files = Object.entries(unzipSync(seed)).filter(([name]) => name !== 'manifest.json');
  const at = draw(files.length);
  return pack(new Map(files.map(([name, bytes], i) => [name, i === at ? mutated(bytes, others, draw) : bytes])));
}
