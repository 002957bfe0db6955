import { CancelledError, InputError } from '../../../lib/errors';
import type { Draft } from '../models/draft';
import type { KeptModel } from '../models/api';
import type { ModelStore } from '../models/model-store';
import type { Listener } from '../wire';
import type { HubApi, HubChoice, HubModel, TakeProgress } from './api';
import { checkNames, readListing } from './listing';
import { fetchRanged, refused, type RangedOptions } from './ranged';

const LISTING_BYTES = 2 ** 24;

/** A client of one hub: lists repositories and fetches models, which are then kept like dropped ones. */
export class Hub implements HubApi {
  private taking = new AbortController();

  /** @param host the hub's origin, such as `https://example.org`. */
  constructor(
    private readonly host: string,
    private readonly store: Promise<ModelStore>,
    private readonly fetch: RangedOptions['fetch'] = (url, init) => self.fetch(url, init),
    private readonly wait: RangedOptions['wait'] = pause,
  ) {}

  async look(id: string, revision: string): Promise<HubModel> {
    checkNames(id, revision);
    const url = `${this.host}/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`;
    const response = await this.fetch(url, { credentials: 'omit' }).catch(() => {
      throw new InputError(`${this.host}: cannot be reached, expected a connection to it`);
    });
    if (!response.ok) throw refused(response.status, `${id} at ${revision}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > LISTING_BYTES) throw new InputError(`${id}: a listing of ${bytes.length} bytes, expected less`);
    return readListing(bytes, id);
  }

  async take(model: HubModel, choice: number, listener: Listener<TakeProgress>): Promise<KeptModel> {
    this.taking.abort();
    const { signal } = (this.taking = new AbortController());
    try {
      checkNames(model.id, model.commit);
      const chosen = model.choices[choice];
      if (!chosen) throw new InputError(`${model.id}: no choice ${choice}, expected one of ${model.choices.length}`);
      const name = chosen.files.length === 1 ? chosen.label.replace(/\.gguf$/, '') : model.id.split('/')[1]!;
      const from = `${this.host}/${model.id}/tree/${model.commit}`;
      const write = (draft: Draft): Promise<void> => this.fill(draft, model, chosen, listener, signal);
      return await (await this.store).draft(name, chosen.bytes, { from }, write);
    } finally {
      listener.close?.();
    }
  }

  cancel(): void {
    this.taking.abort();
  }

  private async fill(
    draft: Draft,
    { id, commit }: HubModel,
    { files, bytes: of }: HubChoice,
    listener: Listener<TakeProgress>,
    signal: AbortSignal,
  ): Promise<void> {
    let before = 0;
    let told = 0;
    for (const { name, bytes, sha256 } of files) {
      const target = await draft.file(name);
      const tell = (waits: string | null): void => {
        told = performance.now();
        listener({ file: name, done: before + target.size, of, waits });
      };
      tell(null);
      const url = `${this.host}/${id}/resolve/${commit}/${name.split('/').map(encodeURIComponent).join('/')}`;
      await fetchRanged(
        url,
        `${id}/${name}`,
        bytes,
        () => target.size,
        (piece) => {
          target.append(piece);
          if (performance.now() - told > TELL_MS) tell(null);
        },
        { fetch: this.fetch, wait: this.wait, signal, waits: tell },
      );
      if (signal.aborted) throw new CancelledError('cancelled');
      const hash = target.close();
      if (sha256 !== null && hash !== sha256)
        throw new InputError(`${id}/${name}: its SHA-256 is ${hash.slice(0, 12)}, expected ${sha256.slice(0, 12)}`);
      before += bytes;
    }
  }
}

/** Milliseconds between two progress reports. */
const TELL_MS = 100;

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
