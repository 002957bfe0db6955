import { expect, it, describe } from 'vitest';
import { createTask } from '../registry';
import { defaultSession } from '../../config/session';

const task = createTask(defaultSession.task, 1);
const query = task.parse('music Ada mother rival mentor');
if (query === null) throw new Error('the query has words that the task does not know');
const [first = '', second = '', third = ''] = query.trace.match(/\S+ \S+/g) ?? [];

/** The entity that a relation leads to, read off the corpus. */
function follow(entity: string, relation: string): string {
  const fact = task.corpus.find(({ kind, text }) => kind === 'fact' && text.startsWith(`${entity} ${relation} `));
  return fact?.text.split(' ')[2] ?? '?';
}
const marks = (completion: string): [right: boolean, fact: boolean][] =>
  task.judge(query, completion).hops.map(({ right, fact }) => [right, fact]);

describe('judge', () => {
  it('passes the gold trace, closed or not', () => {
    for (const end of ['', ' <|embed_token|>', ' <|embed_token|> <pad> music', ' <pad> <pad>']) {
      const verdict = task.judge(query, query.trace + end);
      expect(verdict.exact).toBe(true);
      expect(verdict.hops).toEqual(
        [first, second, third].map((text) => ({ text, expected: text, right: true, fact: true })),
      );
    }
  });

  it('tells a step that is true after a wrong one from a step that is false', () => {
    const wrong = ['Ben', 'Cara', 'Dan'].find((name) => name !== first.split(' ')[1] && name !== 'Ada') ?? '';
    const carried = follow(wrong, 'rival');
    expect(marks(`mother ${wrong} rival ${carried} mentor ${follow(carried, 'mentor')}`)).toEqual([
      [false, false],
      [false, true],
      [false, true],
    ]);
    expect(marks(`mother ${wrong} ${second} ${third}`)).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
    expect(task.judge(query, `mother ${wrong} ${second} ${third}`).exact).toBe(false);
  });

  it('marks a true step that was not asked for', () => {
    expect(marks(`cousin ${follow('Ada', 'cousin')}`)[0]).toEqual([false, true]);
  });

  it('names hops that are missing, halved, or too many', () => {
    const short = task.judge(query, `${first} rival <|embed_token|>`);
    expect(short.exact).toBe(false);
    expect(short.hops).toEqual([
      { text: first, expected: first, right: true, fact: true },
      { text: 'rival', expected: second, right: false, fact: false },
      { text: '', expected: third, right: false, fact: false },
    ]);
    const last = third.split(' ')[1] ?? '';
    const long = task.judge(query, `${query.trace} friend ${follow(last, 'friend')}`);
    expect(long.exact).toBe(false);
    expect(long.hops[3]).toMatchObject({ expected: '', right: false, fact: true });
    expect(marks('')).toEqual([
      [false, false],
      [false, false],
      [false, false],
    ]);
  });
});
