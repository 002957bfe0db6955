import type { BertArchitecture } from '../../config/bert';
import { InputError } from '../../lib/errors';
import { bertLayout, POSITION_EMBEDDINGS, TYPE_EMBEDDINGS } from '../../tensors/bert-layout';
import { widened, type Dtype, type Elements } from '../../tensors/dtype';
import type { WeightSource } from '../../tensors/weight-source';
import { readEmbedderSettings, settingsWithoutModules } from '../embedder-settings';
import { readTokenizerFiles } from '../huggingface';
import { hashed, hashOf, rangesOf, readLicence } from '../huggingface-model';
import { readShards } from '../huggingface-shards';
import { heldTo } from '../huggingface-tensors';
import type { JsonObject } from '../json';
import { wholeFiles, type ModelFiles } from '../model-files';
import { tensorDtypes, type OpenedEncoder } from '../opened-model';
import { SafetensorsSource } from '../safetensors-source';
import { parseBertConfig } from './bert-config';

/**
 * Opens the folder of a `bert` encoder: headers are read, weights are not.
 * @param config its `config.json`.
 * @throws InputError for what is missing, or not what the format allows.
 */
export async function openBert(files: ModelFiles, where: string, config: JsonObject): Promise<OpenedEncoder> {
  const read = wholeFiles(files, where);
  const arch = parseBertConfig(config, `${where}/config.json`);
  const { tensors: ranges, files: weightFiles } = await readShards(read, where, (file) => rangesOf(files, file, where));
  const layers = arch.num_hidden_layers;
  if (layers > ranges.size) {
    throw new InputError(`${where}: ${ranges.size} tensors, expected those of ${layers} layers as config.json says`);
  }
  const types = { name: TYPE_EMBEDDINGS, shape: [arch.type_vocab_size, arch.hidden_size] };
  const layout = bertLayout(arch);
  const expected = [...layout.flatMap(({ parts }) => parts), types];
  const tensors = heldTo(expected, canonical(ranges), arch.model_type, where);
  const weights = new TypedPositions(new SafetensorsSource(files, tensors, where), arch);
  const parts = hashed(files, weightFiles);
  return {
    kind: 'huggingface',
    arch,
    weights,
    tensorDtype: tensorDtypes(layout, weights),
    bytes: [...tensors.values()].reduce((sum, { from, to }) => sum + to - from, 0),
    tokenizer: await readTokenizerFiles(read, where),
    embedder: async () =>
      (await readEmbedderSettings(read, where, ['mean', 'cls'])) ?? (await settingsWithoutModules(read, where)),
    licence: await readLicence(read),
    files,
    parts,
    hash: (onProgress) => hashOf(files, parts, where, onProgress),
  };
}

/** Heads that `transformers` puts on the encoder, and what it no longer saves: no hidden state depends on them. */
const LEFT_OUT = /^(pooler|cls|classifier|qa_outputs|dropout)\.|^embeddings\.position_ids$/;

/**
 * Tensors by the names of a `BertModel`: a model with a head on top has them under `bert.`, older files call the weight and
 * bias of a norm `gamma` and `beta`.
 */
function canonical<T>(ranges: ReadonlyMap<string, T>): Map<string, T> {
  const named = [...ranges].map(([name, range]): [string, T] => [
    name
      .replace(/^bert\./, '')
      .replace(/\.gamma$/, '.weight')
      .replace(/\.beta$/, '.bias'),
    range,
  ]);
  return new Map(named.filter(([name]) => !LEFT_OUT.test(name)));
}

/** Weights whose positions have the row of token type 0 added, as `bertLayout` has them. */
class TypedPositions implements WeightSource {
  constructor(
    private readonly source: WeightSource,
    private readonly arch: Pick<BertArchitecture, 'hidden_size'>,
  ) {}

  dtypeOf(name: string): Dtype {
    return name === POSITION_EMBEDDINGS ? 'f32' : this.source.dtypeOf(name);
  }

  async read(name: string, row: number, rows: number): Promise<Elements> {
    const values = await this.source.read(name, row, rows);
    if (name !== POSITION_EMBEDDINGS) return values;
    const type = widened(await this.source.read(TYPE_EMBEDDINGS, 0, 1));
    return widened(values).map((value, i) => value + type[i % this.arch.hidden_size]!);
  }
}
