import type { BeirCollection, BeirDocument, BeirQuery } from '../../../formats/beir';
import { writeNpy } from '../../../formats/npy';
import { writeRun } from '../../../formats/trec';
import { runOf } from '../../../retrieval/rankings';
import type { Ranked } from '../../../retrieval/top-k';
import type { EncodedDocuments } from '../../../training/benchmark/model-rankings';
import type { BenchmarkHit, BenchmarkSystem, QueryDetail } from './api';

const HITS = 10;
const TEXT_LENGTH = 300;
const TAG = 'search-r3-lab';

/** A system's rankings of every query. */
export interface RankedSystem {
  system: BenchmarkSystem;
  found: Ranked[];
  /** L2-normalised rows (queries, C), of a system that embeds. */
  vectors?: Float32Array<ArrayBuffer>;
  /** The texts written before the embed token, by query. */
  traces?: string[];
  /** For a fusion, sentences on its weight and the reason for it. */
  fused?: string;
  truncated: number;
  notEmitted: number;
}

interface OfferedFile {
  name: string;
  about: string;
  write: () => string | Uint8Array;
}

/** A finished benchmark: each system's rankings, and the files that can be saved. */
export class FinishedBenchmark {
  private readonly offered: OfferedFile[];

  constructor(
    private readonly name: string,
    private readonly collection: BeirCollection,
    private readonly queries: readonly BeirQuery[],
    private readonly systems: readonly RankedSystem[],
    readonly encoded: EncodedDocuments | null,
  ) {
    this.offered = [...this.runFiles(), ...this.vectorFiles()];
  }

  get files(): { name: string; about: string }[] {
    return this.offered.map(({ name, about }) => ({ name, about }));
  }

  /**
   * Makes one of the files.
   * @throws where there is no file of that name; `InputError` for ids that a run file cannot hold.
   */
  file(name: string): Uint8Array<ArrayBuffer> {
    const found = this.offered.find((file) => file.name === name);
    if (!found) throw new Error(`there is no file ${name}`);
    const contents = found.write();
    return typeof contents === 'string' ? new TextEncoder().encode(contents) : new Uint8Array(contents);
  }

  private runFiles(): OfferedFile[] {
    return this.systems.map(({ system, found }) => ({
      name: `${this.name}.${system}.trec`,
      about: 'TREC run file',
      write: () => writeRun(runOf(this.queries, this.collection.documents, found), `${TAG}-${system}`),
    }));
  }

  private vectorFiles(): OfferedFile[] {
    const { encoded, name } = this;
    if (!encoded) return [];
    const { documents } = this.collection;
    const ids = (items: readonly { id: string }[]): string => items.map(({ id }) => `${id}\n`).join('');
    const channels = encoded.vectors.length / encoded.passages;
    const matrix = (data: Float32Array): Uint8Array => writeNpy({ shape: [data.length / channels, channels], data });
    return [
      { name: `${name}.documents.npy`, about: 'embeddings', write: () => matrix(encoded.vectors) },
      {
        name: `${name}.documents.ids.txt`,
        about: 'an id a row',
        write: () => ids(Array.from(encoded.owners, (row) => documents[row]!)),
      },
      ...this.systems.flatMap(({ system, vectors }) =>
        vectors ? [{ name: `${name}.queries.${system}.npy`, about: 'embeddings', write: () => matrix(vectors) }] : [],
      ),
      { name: `${name}.queries.ids.txt`, about: 'an id a row', write: () => ids(this.queries) },
    ];
  }

  query(id: string): QueryDetail {
    const at = this.queries.findIndex((query) => query.id === id);
    const query = this.queries[at];
    if (!query) throw new Error(`there is no query ${id} in this benchmark`);
    const { documents, qrels } = this.collection;
    const grades = qrels.get(id) ?? new Map<string, number>();
    const rowOf = new Map(documents.map((document, row) => [document.id, row]));
    const hit = (row: number, score: number): BenchmarkHit => {
      const document: BeirDocument = documents[row]!;
      const { title, text } = document;
      return { id: document.id, title, text: cut(text), score, grade: grades.get(document.id) ?? null };
    };
    return {
      id,
      text: query.text,
      trace: this.systems.find(({ traces }) => traces)?.traces?.[at] ?? null,
      found: this.systems.map(({ system, found }) => {
        const { rows, scores } = found[at]!;
        return { system, hits: Array.from(rows.subarray(0, HITS), (row, i) => hit(row, scores[i]!)) };
      }),
      relevant: [...grades]
        .filter(([, grade]) => grade > 0)
        .sort(([, a], [, b]) => b - a)
        .map(([document, grade]) => {
          const row = rowOf.get(document)!;
          const ranks = this.systems.map(({ found }) => found[at]!.rows.indexOf(row) + 1);
          return { id: document, title: documents[row]!.title, grade, ranks };
        }),
    };
  }
}

const cut = (text: string): string => (text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH)}…` : text);
