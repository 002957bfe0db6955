import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sha256 } from '../src/lib/hash';

export const COMMIT = 'a1b2c3d4'.repeat(5);

/** A hub on this machine: `owner/small` is there, `owner/gated` wants an account, all else is not there. */
export class HubServer {
  /** Requests, as method, path and range. */
  readonly asked: string[] = [];
  private readonly hub: Server;
  private readonly store: Server;
  /** Bytes of weights after which the connection breaks; Infinity: never. */
  breaksAfter = Infinity;
  /** Bytes a connection sends at a time, a moment apart; Infinity: all at once. */
  pieces = Infinity;

  constructor(private readonly files: ReadonlyMap<string, Uint8Array>) {
    this.hub = createServer((request, response) => this.answer(request, response));
    this.store = createServer((request, response) => void this.send(request, response));
  }

  /** Origins of the hub, and of where it sends weights from. */
  async listen(): Promise<{ hub: string; store: string }> {
    const at = async (server: Server): Promise<string> => {
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const address = server.address();
      return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    };
    return { hub: await at(this.hub), store: (this.origin = await at(this.store)) };
  }
  private origin = '';

  close(): void {
    for (const server of [this.hub, this.store]) {
      server.close();
      server.closeAllConnections();
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const headers = { 'Access-Control-Allow-Origin': '*' };
    this.note('hub', request);
    if (pathname.startsWith('/api/models/owner/gated/')) response.writeHead(401, headers).end();
    else if (pathname === '/api/models/owner/small/revision/main') {
      const siblings = [...this.files].map(([rfilename, bytes]) => ({
        rfilename,
        size: bytes.length,
        ...(rfilename.endsWith('.safetensors') ? { lfs: { sha256: sha256(bytes), size: bytes.length } } : {}),
      }));
      const listing = { sha: COMMIT, siblings, cardData: { license: 'apache-2.0' } };
      response.writeHead(200, { ...headers, 'Content-Type': 'application/json' }).end(JSON.stringify(listing));
    } else if (pathname.endsWith('.safetensors')) {
      response.writeHead(302, { ...headers, Location: `${this.origin}${pathname}` }).end();
    } else void this.send(request, response);
  }

  private async send(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.socket.localPort === Number(new URL(this.origin).port)) this.note('store', request);
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = decodeURIComponent(pathname.split(`/owner/small/resolve/${COMMIT}/`)[1] ?? '');
    const bytes = this.files.get(name);
    const headers = { 'Access-Control-Allow-Origin': '*' };
    if (!bytes) {
      response.writeHead(404, headers).end();
      return;
    }
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(from);
    response.writeHead(206, {
      ...headers,
      'Content-Length': rest.length,
      'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
    });
    const isWeights = name.endsWith('.safetensors');
    const sent = isWeights && rest.length > this.breaksAfter ? rest.subarray(0, this.breaksAfter) : rest;
    const step = isWeights ? Math.min(this.pieces, sent.length) : sent.length;
    for (let at = 0; at < sent.length && !response.destroyed; at += step) {
      response.write(sent.subarray(at, at + step));
      if (step < sent.length) await new Promise((done) => setTimeout(done, 100));
    }
    if (sent.length === rest.length) {
      response.end();
      return;
    }
    // What arrives together with the break is lost to the browser: it takes what came a moment before.
    await new Promise((done) => setTimeout(done, 300));
    response.socket?.end();
  }

  private note(server: string, { method, url, headers }: IncomingMessage): void {
    this.asked.push(`${server} ${method} ${url} ${headers.range ?? ''}`.trim());
  }
}
