import { settingsFor } from '../../config/tasks';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../../config/session';
import { createKin } from '../../tasks/kin/task';

/**
 * Writes a session's task as a collection in BEIR layout, with the queries of the final evaluation on `dev` and `test`.
 * @param end what every query ends in: `<direct>`, `<think>` or nothing.
 */
export function writeKinBeir(folder: string, session: Session, end: string): void {
  const task = createKin(settingsFor(session, 'kin'), session.seed);
  mkdirSync(join(folder, 'qrels'), { recursive: true });
  const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const documents = task.documents.map(({ id, text }) => ({
    _id: id,
    text: `${task.instructions.document} ${text}`.trim(),
  }));
  writeFileSync(join(folder, 'corpus.jsonl'), lines(documents));
  const queries: { _id: string; text: string }[] = [];
  for (const split of ['dev', 'test'] as const) {
    const judgements = ['query-id\tcorpus-id\tscore\n'];
    task.heldOut(split, session.evaluation.final_queries_per_depth).forEach(({ text, relevant }, i) => {
      const _id = `${split}-${i}`;
      queries.push({ _id, text: `${task.instructions.query} ${text} ${end}`.trim() });
      for (const { document, grade } of relevant) {
        judgements.push(`${_id}\t${task.documents[document]!.id}\t${grade}\n`);
      }
    });
    writeFileSync(join(folder, 'qrels', `${split}.tsv`), judgements.join(''));
  }
  writeFileSync(join(folder, 'queries.jsonl'), lines(queries));
}
