import { expect, it } from 'vitest';
import { defaultSession } from '../../config/session';
import { withValues } from '../../config/edit-session';
import { sha256 } from '../../lib/hash';
import { OwnDocuments } from './own-documents';
import { MemoryFolder } from './runs/memory-files';
import { TaskFiles } from './task-data';

const bytes = new TextEncoder().encode('{"_id":"a","text":"wing"}\n');
const hash = sha256(bytes);
const { task } = withValues(defaultSession, [
  ['task.name', 'text'],
  ['task.corpus', hash],
]);

it('documents that are opened while they are looked for stay here', async () => {
  let found: (own: OwnDocuments) => void = () => undefined;
  const files = new TaskFiles('http://localhost/', new Promise((resolve) => (found = resolve)));
  const early = files.of(task);
  const held = files.holds(hash);
  files.keep(hash, bytes);
  found(new OwnDocuments(new MemoryFolder()));
  await expect(early).rejects.toThrow('documents that are not in this browser: choose them first');
  // It was asked before they were opened.
  expect(await held).toBe(false);
  expect(await files.holds(hash)).toBe(true);
  expect([...(await files.of(task)).values()]).toEqual([bytes]);
});
