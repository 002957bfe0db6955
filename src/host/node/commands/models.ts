import { basename, resolve } from 'node:path';
import { openAnyModel } from '../../../formats/open-model';
import { InputError } from '../../../lib/errors';
import { Arguments } from '../args';
import { modelFilesAt } from '../model-files';
import { keepModel, keptModels, removeModel } from '../model-store';
import { printResult, progressOf } from '../output';

/** `models`: lists the models kept on this machine; `add` keeps one under its hash, `remove` deletes one. */
export default async function run(argv: readonly string[]): Promise<number> {
  const [verb, ...rest] = argv;
  if (verb === undefined) {
    printResult(keptModels());
    return 0;
  }
  if (verb === 'add') {
    const args = new Arguments(rest, { usage: 'models add PATH', positionals: ['PATH'] });
    printResult(await add(args.positionals[0]!));
    return 0;
  }
  if (verb === 'remove') {
    const args = new Arguments(rest, { usage: 'models remove HASH', positionals: ['HASH'] });
    const { hash, name } = removeModel(args.positionals[0]!);
    printResult({ removed: hash, name });
    return 0;
  }
  throw new InputError(`${JSON.stringify(verb)}: unknown, expected: lab models [add PATH|remove HASH]`);
}

async function add(path: string): Promise<unknown> {
  const files = await modelFilesAt(path, 'a folder in Hugging Face layout or a .gguf file');
  const model = await openAnyModel(files, path);
  const progress = progressOf('bytes hashed');
  const all = files.names.reduce((sum, name) => sum + files.size(name), 0);
  const hash = await model.hash((bytes) => progress(bytes, all));
  return keepModel(path, { hash, kind: model.kind, name: basename(resolve(path)) }, files.names);
}
