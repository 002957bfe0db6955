import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/**
 * Writes lines between a document's marks `<!-- NAME: … -->` and `<!-- NAME: end -->`, and puts the document in form.
 * @throws Error for a document without them.
 */
export async function intoDocument(path: string, name: string, lines: readonly string[]): Promise<void> {
  const document = readFileSync(path, 'utf8');
  const end = `<!-- ${name}: end -->`;
  const [, before, begin] = new RegExp(`^([^]*?)(<!-- ${name}: (?!end)[^\n]*-->)`).exec(document) ?? [];
  const to = document.indexOf(end);
  if (before === undefined || begin === undefined || to < 0) throw new Error(`${path}: no marks of ${name}`);
  const whole = `${before}${begin}\n\n${lines.join('\n')}\n\n${document.slice(to)}`;
  writeFileSync(path, await format(whole, { ...(await resolveConfig(path)), filepath: path }));
}
