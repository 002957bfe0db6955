import { transfer } from 'comlink';
import type { DocumentCard, DocumentMap, ModelApi, SearchAnswer, Thinking, ThinkRequest } from './api';
import type { CurrentRun } from './current-run';
import { documentCard } from './trace-search';

/** The model of the run on the page, to be asked. */
export class AskedModel implements ModelApi {
  constructor(private readonly run: CurrentRun) {}

  async search(query: string, topK: number): Promise<SearchAnswer> {
    return this.run.current().search(query, topK);
  }

  document(index: number): Promise<DocumentCard> {
    const { task } = this.run.current();
    if (!task.documents[index]) throw new RangeError(`there is no document ${index} in this run`);
    return Promise.resolve(documentCard(task, index));
  }

  examples(count: number): Promise<string[]> {
    const { task } = this.run.current();
    const perDepth = Math.ceil(count / Math.max(1, task.maxDepth - 1));
    // The deepest first: there reasoning shows what it is for.
    const all = task.heldOut('test', perDepth).sort((a, b) => b.depth - a.depth);
    // One hop is a fact, which training has seen: only where there is nothing else.
    const unseen = all.filter(({ split }) => split !== 'train');
    return Promise.resolve((unseen.length > 0 ? unseen : all).slice(0, count).map(({ text }) => text));
  }

  async map(run: string): Promise<DocumentMap> {
    const found = await this.run.named(run).map();
    const { counts, neighbours } = found.start;
    return transfer(found, [found.positions.buffer, counts.buffer, neighbours.buffer]);
  }

  steps(run: string): Promise<number[]> {
    return this.run.named(run).modelSteps();
  }

  think(run: string, request: ThinkRequest): Promise<Thinking> {
    return this.run.named(run).think(request);
  }
}
