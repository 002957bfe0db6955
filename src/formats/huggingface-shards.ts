import { InputError } from '../lib/errors';
import type { FolderReader } from './folder';
import { isJsonObject, parseJsonObject, quote, type JsonObject } from './json';

const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/**
 * Reads the tensors of a folder in Hugging Face layout, which are in one file or in shards.
 * @param readFile reads what a file of weights holds, by tensor; null where there is no such file.
 * @returns them by name, and the files that hold them.
 * @throws InputError for a missing file, and for shards that do not hold what their index says.
 */
export async function readShards<T>(
  read: FolderReader,
  where: string,
  readFile: (file: string) => Promise<Iterable<readonly [name: string, found: T]> | null>,
): Promise<{ tensors: Map<string, T>; files: string[] }> {
  const whole = await readFile(WEIGHTS);
  if (whole !== null) return { tensors: new Map(whole), files: [WEIGHTS] };
  const indexBytes = await read(INDEX);
  if (indexBytes === null) throw new InputError(`${where}: no weights, expected ${WEIGHTS} or ${INDEX}`);
  const weightMap = parseWeightMap(parseJsonObject(indexBytes, `${where}/${INDEX}`), `${where}/${INDEX}`);
  const files = [...new Set(weightMap.values())].sort();
  const tensors = new Map<string, T>();
  for (const file of files) {
    const held = await readFile(file);
    if (held === null) throw new InputError(`${where}: no ${file}, expected every file that ${INDEX} names`);
    for (const [name, found] of held) {
      if (weightMap.get(name) !== file) {
        const home = weightMap.get(name) ?? 'nowhere';
        throw new InputError(`${where}/${file}: holds tensor ${name}, expected ${home} by ${INDEX}`);
      }
      tensors.set(name, found);
    }
  }
  for (const [name, file] of weightMap) {
    if (!tensors.has(name)) throw new InputError(`${where}/${file}: tensor ${name} is missing, expected by ${INDEX}`);
  }
  return { tensors, files };
}

/** File of each tensor. @throws InputError for one that lies elsewhere. */
function parseWeightMap(index: JsonObject, where: string): Map<string, string> {
  const json = index['weight_map'];
  if (!isJsonObject(json)) throw new InputError(`${where}: weight_map is ${quote(json)}, expected an object`);
  const map = new Map<string, string>();
  for (const [name, file] of Object.entries(json)) {
    if (typeof file !== 'string' || !/^[\w.-]+\.safetensors$/.test(file)) {
      throw new InputError(`${where}: ${name} lies in ${quote(file)}, expected a .safetensors file of the same folder`);
    }
    map.set(name, file);
  }
  return map;
}
