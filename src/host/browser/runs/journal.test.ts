import { describe, expect, it } from 'vitest';
import { Journal, JournalIndex } from './journal';
import { MemoryFolder, type Limits } from './memory-files';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array) => new TextDecoder().decode(found);

/** Steps 1 to `steps`: a trace each, metrics every two. */
function fill(journal: Journal, steps: number, from = 1): void {
  for (let step = from; step <= steps; step++) {
    journal.append('traces', step, bytes(`t${step};`));
    if (step % 2 === 0) journal.append('metrics', step, bytes(`m${step};`));
  }
}

describe('a journal', () => {
  it('is read by step and as a whole, by its writer and by others', async () => {
    const folder = new MemoryFolder();
    const journal = await Journal.open(folder);
    fill(journal, 4);
    for (const reader of [journal, await JournalIndex.read(folder)]) {
      expect(reader.steps('traces')).toEqual([1, 2, 3, 4]);
      expect(text(await reader.read('traces', 3))).toBe('t3;');
      expect(text(await reader.read('traces', 5))).toBe('');
      expect(text(await reader.readAll('metrics'))).toBe('m2;m4;');
      expect(reader.lastStep).toBe(4);
    }
  });

  it('tells a reader what was appended since it looked', async () => {
    const folder = new MemoryFolder();
    const journal = await Journal.open(folder);
    fill(journal, 2);
    const reader = await JournalIndex.read(folder);
    fill(journal, 4, 3);
    expect(reader.steps('traces')).toEqual([1, 2]);
    await reader.readFrom(folder);
    expect(text(await reader.readAll('traces'))).toBe('t1;t2;t3;t4;');
  });

  it('is cut back to a checkpoint, and goes on as if it had never been longer', async () => {
    const whole = new MemoryFolder();
    const straight = await Journal.open(whole);
    fill(straight, 6);
    const folder = new MemoryFolder();
    const first = await Journal.open(folder);
    fill(first, 5);
    first.close();
    const second = await Journal.open(folder);
    second.cut(4);
    expect(second.steps('traces')).toEqual([1, 2, 3, 4]);
    fill(second, 6, 5);
    for (const name of await whole.files()) expect(await folder.read(name[0])).toEqual(await whole.read(name[0]));
  });

  it('has every record before the place where it was torn, and goes on from there', async () => {
    const whole = new MemoryFolder();
    fill(await Journal.open(whole), 6);
    const expected = text((await whole.read('traces.jsonl'))!);
    for (let room = 0; room < 400; room += 3) {
      const limits: Limits = { room };
      const folder = new MemoryFolder(limits);
      const torn = await Journal.open(folder);
      fill(torn, 6);
      // Its worker is ended: what waited for room is lost.
      torn.close();
      limits.room = Infinity;
      const again = await Journal.open(folder);
      const kept = text(await again.readAll('traces'));
      expect(expected.startsWith(kept)).toBe(true);
      const last = again.lastStep;
      again.cut(last);
      fill(again, 6, last + 1);
      expect(text(await again.readAll('traces'))).toBe(expected);
      expect(text(await again.readAll('metrics'))).toBe('m2;m4;m6;');
    }
  });

  it('keeps what there is no room for in memory until there is', async () => {
    const limits: Limits = { room: 60 };
    const folder = new MemoryFolder(limits);
    const journal = await Journal.open(folder);
    fill(journal, 4);
    expect(journal.isFull).toBe(true);
    expect(text(await journal.readAll('traces'))).toBe('t1;t2;t3;t4;');
    expect((await JournalIndex.read(folder)).steps('traces')).not.toContain(4);
    expect(journal.retry()).toBe(false);
    limits.room = 1000;
    expect(journal.retry()).toBe(true);
    expect(text(await (await JournalIndex.read(folder)).readAll('traces'))).toBe('t1;t2;t3;t4;');
  });

  it('says so where a record is damaged, and drops what a power cut lost', async () => {
    const folder = new MemoryFolder();
    const journal = await Journal.open(folder);
    fill(journal, 3);
    journal.close();
    const file = await folder.open('traces.jsonl');
    file.write(4, bytes('X'));
    const reader = await JournalIndex.read(folder);
    await expect(reader.read('traces', 2)).rejects.toThrow('traces.jsonl is damaged at step 2');
    expect(text(await reader.read('traces', 3))).toBe('t3;');
    file.truncate(5);
    expect((await JournalIndex.read(folder)).steps('traces')).toEqual([1]);
  });
});
