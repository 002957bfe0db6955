import { describe, expect, it } from 'vitest';
import { InputError } from '../lib/errors';
import { sha256 } from '../lib/hash';
import { dataAt, dataIdentity, loadTaskData, NO_DATA } from './task-data';

const bytes = new TextEncoder().encode('{"a":1}');
const file = { path: 'some/file.json', sha256: sha256(bytes) };

describe('task data', () => {
  it('comes by path, when its hash is right', async () => {
    const data = await loadTaskData([file], () => Promise.resolve(bytes));
    expect(dataAt(data, file)).toBe(bytes);
    expect(() => dataAt(NO_DATA, file)).toThrow('some/file.json was not loaded');
  });

  it('is refused when it is other bytes', async () => {
    const other = loadTaskData([file], () => Promise.resolve(new Uint8Array(3)));
    await expect(other).rejects.toThrow(InputError);
    await expect(other).rejects.toThrow(/^some\/file\.json: its contents hash to 709e80c88487, expected/);
  });

  it('has an identity that every byte and path counts for, in any order', () => {
    expect(dataIdentity(NO_DATA)).toBe('');
    const a: [string, Uint8Array] = ['a', bytes];
    const b: [string, Uint8Array] = ['b', new Uint8Array([1])];
    const identity = dataIdentity(new Map([a, b]));
    expect(dataIdentity(new Map([b, a]))).toBe(identity);
    expect(dataIdentity(new Map([a, ['b', new Uint8Array([2])]]))).not.toBe(identity);
    expect(dataIdentity(new Map([a, ['c', b[1]]]))).not.toBe(identity);
  });
});
