// A static server for the built page, on this machine alone. `node scripts/serve.mjs [--port N] [--under /path/]`
import { createReadStream, existsSync, realpathSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from './vulkan.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.jsonl': 'application/x-ndjson',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.wgsl': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.tsv': 'text/tab-separated-values; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** The file that a request names, or null: outside `folder`, hidden, or not there. */
function fileFor(folder, under, url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
  if (!path.startsWith(under) || path.includes('\0')) return null;
  let file = resolve(folder, `.${sep}${path.slice(under.length)}`);
  if (file !== folder && !file.startsWith(folder + sep)) return null;
  if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
  return existsSync(file) && statSync(file).isFile() ? file : null;
}

/** Serves `folder` below the path `under` on 127.0.0.1, at the first free port from `port`; resolves to `{url, close}`. */
export function serve({ folder = join(repositoryRoot, 'dist'), port = 4173, under = '/', attempts = 50 } = {}) {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    const file =
      request.method === 'GET' || request.method === 'HEAD' ? fileFor(root, under, request.url ?? '/') : null;
    if (file === null) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found\n');
      return;
    }
    const headers = {
      'Content-Type': TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
      'Content-Length': statSync(file).size,
      // The page is rebuilt in place, so that no copy may be kept.
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
    };
    response.writeHead(200, headers);
    if (request.method === 'HEAD') response.end();
    else
      createReadStream(file)
        .on('error', () => response.destroy())
        .pipe(response);
  });
  return new Promise((done, fail) => {
    let at = port;
    server.on('error', (error) => {
      at += 1;
      if (error.code === 'EADDRINUSE' && at < port + attempts) server.listen(at, '127.0.0.1');
      else fail(error);
    });
    server.listen(at, '127.0.0.1', () => {
      done({ url: `http://127.0.0.1:${at}${under}`, close: () => server.close() });
    });
  });
}

// Started, not imported; the path it was started by may hold a symbolic link.
// A bundle that holds this file has one address for all its parts: its own name distinguishes it from the file called by itself.
const file = fileURLToPath(import.meta.url);
if (process.argv[1] && realpathSync(process.argv[1]) === file && basename(file) === 'serve.mjs') {
  const option = (name) => {
    const at = process.argv.indexOf(name);
    return at < 0 ? undefined : process.argv[at + 1];
  };
  const under = `/${option('--under') ?? ''}/`.replace(/\/+/g, '/');
  const port = option('--port');
  // A requested port is used or refused: the caller would not find another one.
  const { url } = await serve({ under, ...(port ? { port: Number(port), attempts: 1 } : {}) });
  process.stdout.write(`${url}\n`);
}
