import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BAD_COLLECTIONS, GOOD } from '../../formats/bad-collections.test-data';

const script = fileURLToPath(new URL('../../../scripts/lab.mjs', import.meta.url));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-'));
  mkdirSync(join(folder, 'qrels'));
  for (const [file, contents] of Object.entries(GOOD)) writeFileSync(join(folder, file), contents);
});
afterEach(() => rmSync(folder, { recursive: true }));

const bm25 = (split: string) =>
  spawnSync(process.execPath, [script, 'bm25', '--data', folder, '--split', split], { encoding: 'utf8' });

describe('the command line names file and line of a bad collection', { timeout: 60_000 }, () => {
  it.each(BAD_COLLECTIONS)('$what', ({ file, contents, message }) => {
    writeFileSync(join(folder, file), contents());
    const { status, stdout, stderr } = bm25('test');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(`${folder}${message}`);
  });

  it('a split that does not exist', () => {
    const { status, stderr } = bm25('train');
    expect(status).toBe(2);
    expect(stderr).toBe(`${folder}: no split "train", expected test\n`);
  });

  it('and counts judgements of what the collection does not hold', () => {
    writeFileSync(join(folder, 'qrels', 'test.tsv'), 'q\ta\t1\nq\tgone\t1\nlost\ta\t1\n');
    const { status, stdout } = bm25('test');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      queries: 1,
      left_out: { judgements_of_unknown_queries: 1, judgements_of_unknown_documents: 1 },
    });
  });

  it('and counts the queries of which no document holds a word', () => {
    writeFileSync(join(folder, 'queries.jsonl'), '{"_id":"q","text":"Крыло самолёта"}\n');
    const { stdout } = bm25('test');
    expect(JSON.parse(stdout)).toMatchObject({
      ndcg_cut_10: 0,
      notices: ['BM25 finds no document for 1 query: none of its words stands in any.'],
    });
  });
});
