import { InputError } from '../lib/errors';
import type { Pooling } from '../records/pooling';
import type { FolderReader } from './folder';
import { isJsonObject, parseJson, parseJsonObject, decodeUtf8, quote, type JsonObject } from './json';

/** How a folder of `sentence-transformers` says that it embeds. */
export interface EmbedderSettings {
  pooling: Pooling;
  /** The prompt before a query, as it is; empty for none. */
  query: string;
  /** The prompt before a document; empty for none. */
  document: string;
  /** Tokens of a text, special ones included; null where the model's context is the limit. */
  longest: number | null;
  /** Sentences that the user should know. */
  notices: readonly string[];
}

const MODULES = 'modules.json';
const PROMPTS = 'config_sentence_transformers.json';
const LIMITS = 'sentence_bert_config.json';
/**
 * The part of a message that lists the supported poolings: a decoder's last token has read all of a text, an encoder's
 * tokens all have.
 */
const READ = (poolings: readonly Pooling[]): string =>
  `Transformer, Pooling ${poolings.includes('lasttoken') ? 'by the last token (pooling_mode "lasttoken")' : `by ${poolings.join(' or ')}`} and Normalize`;

/** The older form of a pooling's configuration: a flag for each way. */
const FLAGS: readonly (readonly [flag: string, mode: string])[] = [
  ['pooling_mode_cls_token', 'cls'],
  ['pooling_mode_max_tokens', 'max'],
  ['pooling_mode_mean_tokens', 'mean'],
  ['pooling_mode_mean_sqrt_len_tokens', 'mean_sqrt_len_tokens'],
  ['pooling_mode_weightedmean_tokens', 'weightedmean'],
  ['pooling_mode_lasttoken', 'lasttoken'],
];

/**
 * Reads what a folder says about how it embeds, in the forms of all versions of `sentence-transformers`.
 * @param poolings those that its kind of model is read with.
 * @returns null where it has no `modules.json`.
 * @throws InputError for a module or a way of pooling that is not read, by its name: taken for another it would give other
 *   vectors and no error.
 */
export async function readEmbedderSettings(
  read: FolderReader,
  where: string,
  poolings: readonly Pooling[] = ['lasttoken'],
): Promise<EmbedderSettings | null> {
  const bytes = await read(MODULES);
  if (bytes === null) return null;
  const [transformer, pooling, normalize, other] = modulesOf(bytes, `${where}/${MODULES}`);
  const expect = (module: Module | undefined, kind: string): Module => {
    if (module?.kind === kind) return module;
    const found = module === undefined ? `ends before ${kind}` : `has module ${plain(module.type)}`;
    throw new InputError(`${where}/${MODULES}: ${found}, expected ${READ(poolings)}`);
  };
  const { path } = expect(transformer, 'Transformer');
  if (path !== '' && path !== '.') {
    throw new InputError(`${where}/${MODULES}: the Transformer lies in ${quote(path)}, expected it beside this file`);
  }
  const way = await poolingOf(read, expect(pooling, 'Pooling').path, poolings, where);
  const normalises = normalize !== undefined && expect(normalize, 'Normalize').kind === 'Normalize';
  if (other !== undefined)
    throw new InputError(`${where}/${MODULES}: has module ${plain(other.type)}, expected ${READ(poolings)}`);
  const prompts = await optional(read, PROMPTS, where);
  const limits = await optional(read, LIMITS, where);
  const tokenizer = await optional(read, 'tokenizer_config.json', where);
  return {
    pooling: way,
    ...promptsOf(prompts, `${where}/${PROMPTS}`),
    longest: longestOf(limits, tokenizer, where),
    notices: [
      ...checkSimilarity(prompts, normalises, `${where}/${PROMPTS}`),
      ...defaultNotice(prompts, `${where}/${PROMPTS}`),
    ],
  };
}

/** A name as it is where it is like one; whatever else stands in its place is quoted, and cut. */
const plain = (name: unknown): string =>
  typeof name === 'string' && /^[\w./-]{1,80}$/.test(name) ? name : quote(name);

interface Module {
  /** The last part of its class. */
  kind: string;
  type: string;
  path: string;
}

function modulesOf(bytes: Uint8Array, where: string): Module[] {
  const list = parseJson(decodeUtf8(bytes, where), where);
  const modules: unknown[] = Array.isArray(list) ? list : [];
  if (modules.length === 0) throw new InputError(`${where}: ${quote(list)}, expected a list of modules`);
  return modules.map((module) => {
    const { type, path = '' } = isJsonObject(module) ? module : {};
    if (typeof type !== 'string' || typeof path !== 'string') {
      throw new InputError(`${where}: ${quote(module)}, expected a module's type and path`);
    }
    // A class of the folder's own, whatever its name, is a program.
    const isOwn = type.startsWith('sentence_transformers.');
    return { kind: isOwn ? (type.split('.').at(-1) ?? '') : '', type, path };
  });
}

/**
 * The settings of an encoder whose folder has no modules: the mean, as `sentence-transformers` assumes.
 * @throws InputError for an invalid limit of its tokenizer.
 */
export async function settingsWithoutModules(read: FolderReader, where: string): Promise<EmbedderSettings> {
  return {
    pooling: 'mean',
    query: '',
    document: '',
    longest: longestOf({}, await optional(read, 'tokenizer_config.json', where), where),
    notices: [`no ${MODULES}: it embeds by the mean of its tokens, as sentence-transformers assumes of such a folder`],
  };
}

async function poolingOf(
  read: FolderReader,
  path: string,
  poolings: readonly Pooling[],
  where: string,
): Promise<Pooling> {
  const name = path === '' ? 'config.json' : `${path}/config.json`;
  const bytes = await read(name);
  if (bytes === null) throw new InputError(`${where}: no ${plain(name)}, expected the pooling that ${MODULES} names`);
  const config = parseJsonObject(bytes, `${where}/${name}`);
  const named = config['pooling_mode'];
  const flagged = FLAGS.filter(([flag]) => config[flag] === true).map(([, mode]) => mode);
  const modes: unknown[] = named === undefined ? flagged : Array.isArray(named) ? named : [named];
  const told = modes.length === 0 ? 'mean (no way is named)' : modes.slice(0, 3).map(plain).join(' and ');
  const [mode = 'mean', ...others] = modes;
  const way = others.length === 0 ? poolings.find((known) => known === mode) : undefined;
  if (way !== undefined) return way;
  const of = poolings.includes('lasttoken') ? 'a decoder' : 'a bert encoder';
  throw new InputError(
    `${where}/${name}: Pooling by ${told}, expected ${poolings.join(' or ')}, which is what is read of ${of}`,
  );
}

async function optional(read: FolderReader, name: string, where: string): Promise<JsonObject> {
  const bytes = await read(name);
  return bytes === null ? {} : parseJsonObject(bytes, `${where}/${name}`);
}

function promptsOf(config: JsonObject, where: string): { query: string; document: string } {
  const prompts = config['prompts'] ?? {};
  if (!isJsonObject(prompts)) throw new InputError(`${where}: prompts is ${quote(prompts)}, expected texts by name`);
  const text = (name: string): string => {
    const prompt = prompts[name] ?? '';
    if (typeof prompt === 'string') return prompt;
    throw new InputError(`${where}: prompts has ${name} ${quote(prompt)}, expected a text`);
  };
  return { query: text('query'), document: text('document') };
}

function longestOf(limits: JsonObject, tokenizer: JsonObject, where: string): number | null {
  if (limits['do_lower_case'] === true) {
    throw new InputError(`${where}/${LIMITS}: do_lower_case is true, expected false, the tokenizer's own case`);
  }
  const task = limits['transformer_task'] ?? 'feature-extraction';
  if (task !== 'feature-extraction') {
    throw new InputError(`${where}/${LIMITS}: transformer_task is ${quote(task)}, expected "feature-extraction"`);
  }
  const own = limits['max_seq_length'] ?? null;
  if (own !== null && !(typeof own === 'number' && Number.isInteger(own) && own > 0)) {
    throw new InputError(`${where}/${LIMITS}: max_seq_length is ${quote(own)}, expected a whole number above 0`);
  }
  if (own !== null) return own;
  // Where a tokenizer has no limit, transformers writes 1e30.
  const most = tokenizer['model_max_length'];
  return typeof most === 'number' && most >= 1 && most < 2 ** 31 ? Math.floor(most) : null;
}

/** Vectors have length 1 here, and are compared by cosine. */
function checkSimilarity(config: JsonObject, normalises: boolean, where: string): string[] {
  const kind = config['model_type'] ?? 'SentenceTransformer';
  if (kind !== 'SentenceTransformer') {
    throw new InputError(`${where}: model_type is ${quote(kind)}, expected "SentenceTransformer"`);
  }
  if (normalises) return [];
  const similarity = config['similarity_fn_name'] ?? 'cosine';
  if (similarity !== 'cosine') {
    throw new InputError(`${where}: similarity_fn_name is ${quote(similarity)} without Normalize, expected "cosine"`);
  }
  return ['modules.json has no Normalize: its own vectors are not of length 1, as those here are'];
}

/** A notice of the prompt that `encode` of sentence-transformers puts before every text, documents too, by default. */
function defaultNotice(config: JsonObject, where: string): string[] {
  const name = config['default_prompt_name'] ?? null;
  if (name === null) return [];
  const prompts = config['prompts'];
  if (typeof name !== 'string' || !isJsonObject(prompts) || !Object.hasOwn(prompts, name)) {
    throw new InputError(`${where}: default_prompt_name is ${quote(name)}, expected one of its prompts`);
  }
  return [
    `default_prompt_name is ${quote(name)}: here a query has its own prompt and a document its own, not this one`,
  ];
}
