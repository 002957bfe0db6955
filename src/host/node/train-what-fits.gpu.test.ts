import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, vi } from 'vitest';
import { inParts } from '../../config/micro-batches';
import { parseSession } from '../../config/parse-session';
import { secondsSession } from '../../config/seconds.test-data';
import { totalSteps } from '../../config/stages';
import { Gpu } from '../../gpu/gpu';
import { limitDevice } from '../../gpu/limited.test-data';
import { testWithDevice } from '../../gpu/testing';
import { InputError } from '../../lib/errors';
import { sessionCost } from '../../training/cost';
import verifyCommand from './commands/verify';
import { requestNodeAdapter } from './device';
import * as output from './output';
import { RunFolder } from './run-folder';
import { trainWhatFits } from './train-what-fits';
import { trainThroughLosses } from './train-through-losses';

const sessionOf = (steps: number) =>
  parseSession(
    secondsSession({
      pretrain: { steps },
      sft: { steps: 8, batch_size: 128 },
      grpo: { steps: 3 },
      evaluation: { every: 4 },
      checkpoint: { every: 2 },
    }),
  );
/** Its first steps need little, those of stage 1 much. */
const session = sessionOf(3);
/** It needs much from the start. */
const large = sessionOf(0);
const root = mkdtempSync(join(tmpdir(), 'fits-'));
afterAll(() => rmSync(root, { recursive: true }));
const says = vi.spyOn(output, 'progress').mockImplementation(() => undefined);
afterEach(() => void says.mockClear());
const print = vi.spyOn(output, 'printResult').mockImplementation(() => undefined);
const file = join(root, 'session.json');
const said = () => says.mock.calls.map(([line]) => line).filter((line) => line.includes('no room'));

const bytesIn = async (parts: number) => (await sessionCost(inParts(session, parts))).gpuBytes;
/** Bytes that no plan counts, because they live for one call alone (read-backs, audits). */
const BESIDE = 1_000_000;

/** A device of its own each time, which holds this many bytes. */
const opening = (bytes: () => number) => async (): Promise<Gpu> => {
  const gpu = await Gpu.create(await requestNodeAdapter());
  // What the product opens is a whole device.
  limitDevice(gpu.device as GPUDevice, bytes);
  return gpu;
};

const readJson = (name: string, file: string): unknown => JSON.parse(readFileSync(join(root, name, file), 'utf8'));
const parsed = (name: string) => parseSession(readJson(name, 'session.json'));
const data = new Map();

describe('a device without room for a step', () => {
  testWithDevice(
    'computes it in more parts from the start, with the bits of a session that says so, and is verified',
    async () => {
      const most = (await bytesIn(4)) + BESIDE;
      expect(most).toBeLessThan(await bytesIn(1));
      const { folder, state } = RunFolder.open(join(root, 'start'), large, false);
      const trained = await trainWhatFits(
        opening(() => most),
        { data, folder, state },
      );
      const parts = parsed('start').model.micro_batches;
      expect([2, 4]).toContain(parts);
      expect(existsSync(join(root, 'start', 'ancestors.json'))).toBe(false);
      expect(said().length).toBeGreaterThan(0);
      expect(said().at(-1)).toContain(`the run goes on from step 0 in ${parts} micro-batches`);
      const lines = readFileSync(join(root, 'start', 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n');
      expect(lines).toHaveLength(totalSteps(large));
      for (const line of lines) expect(line).toMatch(/"micro_batches":\d/);

      const asked = RunFolder.open(join(root, 'asked'), inParts(large, parts), false);
      const other = await trainThroughLosses(
        opening(() => Infinity),
        { session: inParts(large, parts), data, ...asked },
      );
      expect(trained.fingerprint).toBe(other.fingerprint);
      expect(trained.evaluation).toEqual(other.evaluation);

      writeFileSync(file, JSON.stringify(large));
      expect(await verifyCommand([file, '--against', join(root, 'start')])).toBe(0);
      expect(print.mock.lastCall?.[0]).toMatchObject({ reproduced: true, micro_batches: parts });
    },
    { timeout: 240_000 },
  );

  testWithDevice(
    'goes on from its last state where the room goes away on the way, and resumes with the session that was asked for',
    async () => {
      const [whole, less] = [await bytesIn(1), await bytesIn(8)];
      let room = whole + BESIDE;
      const path = join(root, 'later');
      let writes = 0;
      const beforeWrite = (): void => {
        if (++writes === 18) room = less + BESIDE;
      };
      const { folder, state } = RunFolder.open(path, session, false, { beforeWrite });
      const stopped = await trainWhatFits(
        opening(() => room),
        { data, folder, state, stopAfter: 12 },
      );
      expect(stopped.step).toBe(12);
      expect(said()).not.toHaveLength(0);
      const [ancestor] = readJson('later', 'ancestors.json') as [{ step: number; link: string }];
      expect(ancestor.step).toBeGreaterThan(0);
      expect(ancestor.link).toMatch(/^[0-9a-f]{12}$/);
      expect(parsed('later').model.micro_batches).toBeGreaterThan(1);

      const again = RunFolder.open(path, session, true);
      expect(again.state?.step).toBe(12);
      expect(again.folder.session.model.micro_batches).toBe(parsed('later').model.micro_batches);
      const resumed = await trainWhatFits(
        opening(() => Infinity),
        { data, ...again },
      );
      expect(resumed.step).toBe(totalSteps(session));
      writeFileSync(file, JSON.stringify(session));
      expect(await verifyCommand([file, '--against', path])).toBe(0);
      expect(print.mock.lastCall?.[0]).toMatchObject({ reproduced: true, step: totalSteps(session) });
      // In more parts still, where the session says so; in fewer it is not gone back to.
      expect(RunFolder.open(path, inParts(session, 64), true).folder.session.model.micro_batches).toBe(
        parsed('later').model.micro_batches,
      );
      expect(() => RunFolder.open(path, { ...session, seed: 9 }, true)).toThrow('another session');
    },
    { timeout: 240_000 },
  );

  testWithDevice(
    'is told what would fit where nothing of the run does',
    async () => {
      const failing = async (bytes: number): Promise<unknown> => {
        const { folder, state } = RunFolder.open(mkdtempSync(join(root, 'none-')), session, false);
        return trainWhatFits(
          opening(() => bytes),
          { data, folder, state },
        ).catch((error: unknown) => error);
      };
      const tiny = await failing(50_000);
      expect(tiny).toBeInstanceOf(InputError);
      expect(tiny).toMatchObject({ code: 'out-of-memory' });
      expect(String(tiny)).toMatch(/the GPU has no room for this run even where it computes as few sequences at once as it can \(model\.micro_batches=\d+\): it takes \d+ MB, of which about 0 MB were granted; no smaller batch of it fits either, expected a smaller model/); // prettier-ignore
    },
    { timeout: 240_000 },
  );
});
