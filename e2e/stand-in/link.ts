import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import * as v from 'valibot';
import type { PartialSession } from '../../src/config/session';

const root = fileURLToPath(new URL('../../src/', import.meta.url));

/** The link's fragment, `#…`, of the default session with some of its settings changed. */
export async function linkOf(overrides: PartialSession): Promise<string> {
  const contents = `
    import { parseSession } from './config/parse-session';
    import { encodeLink } from './session/link';
    export const link = encodeLink({ session: parseSession(${JSON.stringify(overrides)}) });`;
  const stdin = { contents, resolveDir: root, loader: 'ts' as const };
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', write: false });
  const code = outputFiles[0]!.text;
  const made: unknown = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  return `#${v.parse(v.object({ link: v.string() }), made).link}`;
}
