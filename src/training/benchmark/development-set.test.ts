import { describe, expect, it } from 'vitest';
import type { BeirDocument, BeirQuery, Qrels } from '../../formats/beir';
import { developmentSet, withoutTitle } from './development-set';

const documents = (count: number): BeirDocument[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `d${i}`,
    title: `On subject ${i}`,
    text: `On subject ${i}. A text of five words and more`,
  }));
const queries = (count: number): BeirQuery[] =>
  Array.from({ length: count }, (_, i) => ({ id: `q${i}`, text: `query ${i}` }));
const judged = (from: number, to: number, grade = 1): Qrels =>
  new Map(Array.from({ length: to - from }, (_, i) => [`q${from + i}`, new Map([[`d${i}`, grade]])]));

describe('what a weight is chosen on', () => {
  it('is the judged queries of another split, dev before train, none of which is scored', () => {
    const splits = new Map([
      ['train', judged(0, 60)],
      ['dev', judged(55, 90)],
      ['test', judged(80, 120)],
    ]);
    const set = developmentSet({ documents: documents(60), queries: queries(120), splits }, 'test');
    expect(set).toMatchObject({ on: 'split', split: 'dev', changed: [], why: 'chosen on 25 judged queries of dev' });
    expect(set.queries.map(({ id }) => id)).toEqual(Array.from({ length: 25 }, (_, i) => `q${55 + i}`));
    expect([...set.qrels.keys()]).toEqual(set.queries.map(({ id }) => id));
  });

  it('leaves out queries without a relevant document, and takes 200 of many from all over', () => {
    const splits = new Map([
      ['dev', new Map([...judged(0, 40, 0), ...judged(40, 840)])],
      ['test', judged(900, 910)],
    ]);
    const set = developmentSet({ documents: documents(800), queries: queries(910), splits }, 'test');
    expect(set.queries).toHaveLength(200);
    expect([set.queries[0]!.id, set.queries.at(-1)!.id]).toEqual(['q40', 'q836']);
  });

  it('is titles where there are too few judgements, each taken away from its document, and says so', () => {
    const splits = new Map([
      ['dev', judged(0, 1)],
      ['train', judged(1, 8)],
      ['test', judged(10, 20)],
    ]);
    const set = developmentSet({ documents: documents(30), queries: queries(30), splits }, 'test');
    expect(set).toMatchObject({
      on: 'titles',
      split: null,
      why: 'dev has 1 judged query, train has 7 judged queries, fewer than 20: chosen on 30 titles, taken away from their documents',
    });
    expect(set.queries[3]).toEqual({ id: 'title of d3', text: 'On subject 3' });
    expect(set.qrels.get('title of d3')).toEqual(new Map([['d3', 1]]));
    expect(set.documents[3]).toEqual({ id: 'd3', title: '', text: 'A text of five words and more' });
    expect(set.changed).toHaveLength(30);
  });

  it('asks for no title that was trained on, that two documents have, or that finds nothing', () => {
    const all = documents(60);
    all[0]!.title = all[1]!.title = 'A title of two';
    all[2]!.title = 'Short';
    all[3]!.text = 'Too few words';
    const splits = new Map([['test', judged(0, 9)]]);
    const some = developmentSet({ documents: all, queries: queries(9), splits }, 'test', (row) => row < 40);
    expect(some.changed).toEqual(Array.from({ length: 36 }, (_, i) => i + 4));
    expect(some.why).toBe(
      'no other split has judged queries: chosen on 36 titles, held out of training and taken away from their documents',
    );
    const none = developmentSet({ documents: all, queries: queries(9), splits }, 'test', (row) => row < 20);
    expect(none).toMatchObject({ on: 'nothing', queries: [], changed: [] });
    expect(none.why).toBe(
      'no other split has judged queries, and 16 titles can be asked for, fewer than 20: both count the same',
    );
  });

  it('knows a text that begins with its title', () => {
    const text = (title: string, of: string) => withoutTitle({ id: '', title, text: of });
    expect(text('A wing .', 'a Wing . The lift')).toBe('The lift');
    expect(text('A wing', 'The lift of a wing')).toBe('The lift of a wing');
    expect(text('', ' The lift')).toBe(' The lift');
  });
});
