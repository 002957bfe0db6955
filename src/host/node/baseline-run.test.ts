import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { BeirCollection } from '../../formats/beir';
import { readBaseline } from './baseline-run';

const root = mkdtempSync(join(tmpdir(), 'baseline-'));
afterAll(() => rmSync(root, { recursive: true }));
const collection: BeirCollection = {
  documents: ['a', 'b'].map((id) => ({ id, title: '', text: id })),
  queries: [{ id: 'q', text: 'a' }],
  qrels: new Map([['q', new Map([['a', 1]])]]),
  leftOut: { judgements_of_unknown_queries: 0, judgements_of_unknown_documents: 0 },
};
function file(name: string, lines: string[]): string {
  const path = join(root, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

describe('a run that stands beside a model', () => {
  it('is read without queries and documents that are not known, which are counted and told', () => {
    const path = file('run.trec', ['q Q0 b 1 2 x', 'q Q0 z 2 1.5 x', 'q Q0 a 3 1 x', 'r Q0 a 1 1 x', 's Q0 y 1 1 x']);
    const { run, left_out, notices } = readBaseline(path, collection, 'test');
    expect([...run]).toEqual([['q', [{ id: 'b', score: 2 }, { id: 'a', score: 1 }]]]); // prettier-ignore
    expect(left_out).toEqual({ queries_not_judged: 2, documents_not_in_corpus: 1 });
    expect(notices).toEqual([
      `${path}: 2 of its queries are not judged in test and left out`,
      `${path}: 1 of its documents is not in the collection and left out`,
    ]);
    expect(readBaseline(file('whole.trec', ['q Q0 a 1 1 x']), collection, 'test').notices).toEqual([]);
  });

  it('is refused where it answers no query of the split, or is no run', () => {
    const path = file('other.trec', ['r Q0 a 1 1 x']);
    expect(() => readBaseline(path, collection, 'test')).toThrow(
      `${path}: none of its 1 queries is one of test, expected a run of that split`,
    );
    expect(() => readBaseline(join(root, 'none'), collection, 'test')).toThrow(
      'no such file, expected a TREC run file',
    );
    expect(() => readBaseline(file('odd.trec', ['q Q0 a 1']), collection, 'test')).toThrow('4 fields, expected six');
  });
});
