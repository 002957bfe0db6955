import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StorageFullError, type StoreFolder } from './files';
import { MemoryFolder, type Limits } from './memory-files';
import { Slots } from './slots';

const content = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

/** Turns a bit of a file. */
async function flip(folder: StoreFolder, name: string, at: number): Promise<void> {
  const file = await folder.open(name);
  const byte = file.read(at, 1);
  byte[0]! ^= 4;
  file.write(at, byte);
  file.close();
}

describe('two slots', () => {
  it('hold what was written last', async () => {
    const folder = new MemoryFolder();
    expect(await new Slots(folder, 'a').read()).toBeNull();
    const slots = new Slots(folder, 'a');
    for (const word of ['one', 'two', 'three']) {
      await slots.write(content(word));
      expect(text(await new Slots(folder, 'a').read())).toBe(word);
    }
  });

  it('hold what was there before, wherever a write ends for want of room', async () => {
    const after = content('the newer content');
    for (let room = 0; room <= after.length + 24; room++) {
      const limits: Limits = { room: Infinity };
      const folder = new MemoryFolder(limits);
      await new Slots(folder, 'a').write(content('the older'));
      limits.room = room;
      const writing = new Slots(folder, 'a').write(after);
      if (room < after.length + 24) await expect(writing).rejects.toThrow(StorageFullError);
      else await writing;
      expect(text(await new Slots(folder, 'a').read())).toBe(
        room < after.length + 24 ? 'the older' : 'the newer content',
      );
    }
  });

  it('fall back to the older where any bit of the newer is turned', async () => {
    const folder = new MemoryFolder();
    const slots = new Slots(folder, 'a');
    await slots.write(content('one'));
    await slots.write(content('two'));
    const [first, second] = [...(await folder.files()).keys()];
    const newer = text(await folder.read(second!))?.endsWith('two') ? second! : first!;
    for (let at = 0; at < 27; at++) {
      await flip(folder, newer, at);
      expect(text(await new Slots(folder, 'a').read())).toBe('one');
      await flip(folder, newer, at);
    }
    expect(text(await new Slots(folder, 'a').read())).toBe('two');
  });

  it('give up the older and never the last', async () => {
    const folder = new MemoryFolder();
    const slots = new Slots(folder, 'a');
    await slots.write(content('one'));
    expect(await slots.dropOlder()).toBe(false);
    await slots.write(content('two'));
    expect(await new Slots(folder, 'a').dropOlder()).toBe(true);
    expect(text(await new Slots(folder, 'a').read())).toBe('two');
    await slots.write(content('three'));
    expect(text(await new Slots(folder, 'a').read())).toBe('three');
  });

  it('come back as any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 4 }), async (contents) => {
        const folder = new MemoryFolder();
        for (const bytes of contents) await new Slots(folder, 'a').write(bytes);
        expect(await new Slots(folder, 'a').read()).toEqual(Uint8Array.from(contents.at(-1)!));
      }),
    );
  });
});
