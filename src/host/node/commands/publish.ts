import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { repositoryRoot } from '../../../../scripts/vulkan.mjs';
import { InputError } from '../../../lib/errors';
import { PUBLISHED_META } from '../../../config/published-meta';
import { unpack } from '../../../runs/pack';
import { Arguments } from '../args';
import { printResult } from '../output';
import { checkNew } from '../output-file';
import { archiveName, archiveOf } from '../run-archive';

/**
 * `publish RUN --out DIR`: writes the built page and a run as one folder, which any static host serves and which trains
 * nothing.
 */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'publish RUN --out DIR [--data DIR_OR_FILE]',
    positionals: ['RUN'],
    flags: { out: 'value', data: 'value' },
  });
  const from = args.positionals[0]!;
  const out = args.required('out');
  checkNew(out);
  const page = join(repositoryRoot, 'dist');
  const index = join(page, 'index.html');
  if (!existsSync(index)) throw new InputError('dist/index.html: not there, expected the built page: npm run build');
  const { name, zip } = await runOf(from, args.optional('data') ?? null);

  const path = `runs/${name}.run.zip`;
  mkdirSync(out, { recursive: true });
  // Maps of the sources are for whoever changes the page.
  cpSync(page, out, { recursive: true, filter: (file) => !file.endsWith('.map') });
  mkdirSync(join(out, 'runs'), { recursive: true });
  writeFileSync(join(out, path), zip);
  writeFileSync(join(out, 'index.html'), opening(readFileSync(index, 'utf8'), path));
  printResult({ out, run: path, bytes: zip.length });
  return 0;
}

/** Reads a run from its folder, or from the file that the page exports. */
async function runOf(from: string, documents: string | null): Promise<{ name: string; zip: Uint8Array<ArrayBuffer> }> {
  if (!existsSync(from)) throw new InputError(`${from}: not there, expected a run's folder or a run.zip from Export`);
  if (statSync(from).isDirectory()) return { name: archiveName(from), zip: await archiveOf(from, documents) };
  const zip = new Uint8Array(readFileSync(from));
  // Refuses what the page would refuse, before anything is written.
  await unpack(new Blob([zip]), (name) => name === 'run.json');
  return { name: archiveName(basename(from).replace(/(\.run)?\.zip$/, '')), zip };
}

/** The page's HTML, changed so that it opens the run by itself. */
function opening(html: string, path: string): string {
  const at = html.indexOf('<head>');
  if (at < 0) throw new InputError('dist/index.html: without <head>, expected the built page: npm run build');
  const end = at + '<head>'.length;
  return `${html.slice(0, end)}\n    <meta name="${PUBLISHED_META}" content="${path}" />${html.slice(end)}`;
}
