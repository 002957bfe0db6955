import { describe, expect } from 'vitest';
import { filesInMemory } from '../formats/model-files';
import { openModel } from '../formats/open-model';
import { Tokenizer } from '../formats/tokenizer';
import { sharedBytes, hasShared } from '../formats/shared.test-data';
import { testWithGpu } from '../gpu/testing';
import { countries } from '../tasks/world/world.test-data';
import { probeWorld } from './world-probe';

const FOLDER = 'models/stories260K';
const FILES = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];

describe.skipIf(!FILES.every((name) => hasShared(`${FOLDER}/${name}`)))('the probe', () => {
  testWithGpu('a base that knows nothing of the world is asked for every capital, and for no city', async ({ gpu }) => {
    const files = new Map(FILES.map((name) => [name, sharedBytes(`${FOLDER}/${name}`)]));
    const opened = await openModel(filesInMemory(files), FOLDER);
    const base = {
      opened,
      tokenizer: new Tokenizer(opened.tokenizer!, FOLDER),
      sha256: 'ab'.repeat(32),
      name: 'stories',
    };
    const some = countries.filter(({ id }) => ['DE', 'FR', 'IT', 'PE', 'ES'].includes(id));
    const before = gpu.counters.liveBytes;
    const told: number[][] = [];
    const probe = await probeWorld(gpu, base, some, (...counts) => told.push(counts));
    // Germany and Peru stand in the prompts.
    expect(probe.asked).toEqual({ capitals: 3, cities: 0 });
    expect(probe.known).toEqual({});
    expect(told).toEqual([[3, 21]]);
    expect(gpu.counters.liveBytes).toBe(before);
  });
});
