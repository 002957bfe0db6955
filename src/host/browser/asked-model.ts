import { transfer } from 'comlink';
import type { DocumentCard, DocumentMap, SearchAnswer, Thinking, ThinkRequest } from './messages';
import type { CurrentRun } from './current-run';
import { documentCard } from './trace-search';

/** Messages that search and look into the model of the run on the page. */
export class AskedModel {
  constructor(private readonly run: CurrentRun) {}

  async search(query: string, topK: number): Promise<SearchAnswer> {
    return this.run.current().search(query, topK);
  }

  document(index: number): Promise<DocumentCard> {
    const { task } = this.run.current();
    if (!task.documents[index]) throw new RangeError(`there is no document ${index} in this run`);
    return Promise.resolve(documentCard(task, index));
  }

  /** A few held-out queries of the run's task, to try the search with. */
  examples(count: number): Promise<string[]> {
    const { task } = this.run.current();
    const perDepth = Math.ceil(count / Math.max(1, task.maxDepth - 1));
    // The deepest first: there reasoning shows what it is for.
    const all = task.heldOut('test', perDepth).sort((a, b) => b.depth - a.depth);
    // One hop is a fact, which training has seen: only where there is nothing else.
    const unseen = all.filter(({ split }) => split !== 'train');
    return Promise.resolve((unseen.length > 0 ? unseen : all).slice(0, count).map(({ text }) => text));
  }

  /** The documents in a plane with their neighbours, as the model embeds them now. Transferred. */
  async map(run: string): Promise<DocumentMap> {
    const found = await this.run.named(run).map();
    const { counts, neighbours } = found.start;
    return transfer(found, [found.positions.buffer, counts.buffer, neighbours.buffer]);
  }

  /** Steps whose model can still be used, ascending. */
  steps(run: string): Promise<number[]> {
    return this.run.named(run).modelSteps();
  }

  /** Computes the rank while thinking of a recorded completion, or of one that a model writes now for a query. */
  think(run: string, request: ThinkRequest): Promise<Thinking> {
    return this.run.named(run).think(request);
  }
}
