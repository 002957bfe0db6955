import { CancelledError, InputError } from '../../../lib/errors';

/** Number of tries in a row without a byte after which a file is given up. */
const TRIES = 6;
const FIRST_WAIT_MS = 500;
/** The longest wait in milliseconds where a host asks for one. */
const MOST_WAIT_MS = 120_000;

export interface RangedOptions {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
  /** Called with the reason while no bytes arrive, and with null when they arrive again. */
  waits: (why: string | null) => void;
}

/**
 * Fetches a file of `bytes` bytes in order, by range requests that continue where a connection broke.
 * @param at returns the bytes already there; called before every request.
 * @param take receives the next bytes.
 * @throws InputError where the host refuses it or sends another file, or where it keeps breaking.
 */
export async function fetchRanged(
  url: string,
  where: string,
  bytes: number,
  at: () => number,
  take: (piece: Uint8Array) => void,
  { fetch, wait, signal, waits }: RangedOptions,
): Promise<void> {
  let fruitless = 0;
  while (at() < bytes) {
    if (signal.aborted) throw new CancelledError('cancelled');
    const from = at();
    const response = await fetch(url, { signal, headers: { Range: `bytes=${from}-` } }).catch(() => null);
    if (signal.aborted) throw new CancelledError('cancelled');
    if (response?.ok === true) {
      waits(null);
      await takeBody(response, where, from, bytes, at, take, signal);
    } else if (response && response.status !== 429 && response.status < 500) throw refused(response.status, where);
    if (at() >= bytes) return;
    if (signal.aborted) throw new CancelledError('cancelled');
    fruitless = at() > from ? 1 : fruitless + 1;
    const why = response && !response.ok ? `the host answers ${response.status}` : 'the connection broke';
    if (fruitless >= TRIES)
      throw new InputError(`${where}: ${why} ${TRIES} times at byte ${at()} of ${bytes}; try again later`);
    const asked = 1000 * Number(response?.headers.get('Retry-After') ?? Number.NaN);
    const pause = asked > 0 ? Math.min(asked, MOST_WAIT_MS) : FIRST_WAIT_MS * 2 ** (fruitless - 1);
    waits(`${why}; it goes on in ${Math.ceil(pause / 1000)} s`);
    await wait(pause, signal);
  }
}

async function takeBody(
  response: Response,
  where: string,
  from: number,
  bytes: number,
  at: () => number,
  take: (piece: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  // A host that knows no ranges sends the whole file again: what is there already is passed over.
  let skip = response.status === 206 ? 0 : from;
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read().catch(() => undefined);
    if (!next || next.done || signal.aborted) break;
    const piece = next.value.subarray(Math.min(skip, next.value.length));
    skip -= next.value.length - piece.length;
    if (at() + piece.length > bytes) {
      await reader?.cancel().catch(() => undefined);
      throw new InputError(`${where}: more than the ${bytes} bytes that the hub names, expected that file`);
    }
    if (piece.length > 0) take(piece);
  }
  if (signal.aborted) await reader?.cancel().catch(() => undefined);
}

/** The error for an HTTP status with which a host refuses a request. */
export function refused(status: number, where: string): InputError {
  if (status === 404)
    return new InputError(`${where}: not there (404), expected a model, a revision and a file of the hub`);
  if (status === 401 || status === 403) {
    return new InputError(
      `${where}: private, gated or not there (${status}), expected one that anybody may fetch: where it is gated, accept its terms on the hub, download it there and drop its folder in Models`,
    );
  }
  if (status === 429) return new InputError(`${where}: the host asks for fewer requests (429); try again later`);
  return new InputError(`${where}: the host answers ${status}, expected the file`);
}
