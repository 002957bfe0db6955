import { isEncoder, type AnyOpenedModel } from '../../../formats/opened-model';
import { Tokenizer } from '../../../formats/tokenizer';
import { InputError } from '../../../lib/errors';
import { sha256 } from '../../../lib/hash';
import type { Model } from '../../../model/model';
import type { Task } from '../../../tasks/task';
import { unknownWords, type UnknownWords } from '../../../tasks/unknown-words';
import type { Base } from '../../../training/base';
import { EmbeddingPrompts } from '../../../training/benchmark/embedding-prompts';
import { openedPrompts } from '../../../training/opened-model';
import { taskTokenizer } from '../../../training/task-tokenizer';
import { encodedKey } from './encoded-store';

/** The way a model's texts are turned into tokens and named. */
export interface Reader {
  prompts: EmbeddingPrompts;
  /** Turns the tokens written before the embed token into text. */
  decode: (ids: readonly number[]) => string;
  /** Whether the model was taught to reason before it embeds. */
  reasons: boolean;
  /** The key of its embeddings of documents. @param corpus the documents' hash. */
  key: (corpus: string) => Promise<string>;
  /**
   * Returns a function that says whether training left out the title of a row of these documents; undefined where
   * training used no title of theirs.
   */
  heldOut: (corpus: string) => ((row: number) => boolean) | undefined;
  /** Finds the words of a text that the model never saw; null where its tokenizer covers any text. */
  unknown: ((text: string) => UnknownWords) | null;
}

/**
 * The reader of a run's model, which uses the vocabulary of its task.
 * @throws InputError for a model trained from a base, which reads by the base's tokenizer and the session's prompts.
 */
export function runReader(model: Model, task: Task, base: Base | null): Reader {
  if (base) {
    throw new InputError(
      'the run: trained from a base model, expected one whose model was born here; what lab export --to sentence-transformers writes of it can be added under Models and measured',
    );
  }
  const tokenizer = new Tokenizer(taskTokenizer(task), task.name);
  return {
    prompts: new EmbeddingPrompts(tokenizer, model.architecture.max_position_embeddings, task.name),
    decode: (ids) => tokenizer.decode(ids, { skipSpecialTokens: false }),
    reasons: true,
    key: (corpus) => encodedKey(model, task, corpus),
    heldOut: (corpus) =>
      task.dataHash === corpus && task.isTitleHeldOut ? (row) => task.isTitleHeldOut?.(row) ?? true : undefined,
    unknown: (text) => unknownWords(task, text),
  };
}

/** The reader of an opened model, which uses its own tokenizer. @throws InputError where it cannot embed. */
export async function openedReader(
  opened: AnyOpenedModel,
  { hash, name }: { hash: string; name: string },
): Promise<Reader> {
  const { prompts, tokenizer } = await openedPrompts(opened, name);
  return {
    prompts,
    decode: (ids) => tokenizer.decode(ids, { skipSpecialTokens: false }),
    reasons: !isEncoder(opened) && opened.hasHead && prompts.wasTaughtToReason,
    // The way it embeds stands in files that its hash leaves out.
    key: (corpus) =>
      Promise.resolve(
        sha256(
          JSON.stringify([
            hash,
            prompts.embedId,
            prompts.context,
            prompts.prompt('document'),
            corpus,
            ...(prompts.pooling === 'lasttoken' ? [] : [prompts.pooling]),
          ]),
        ),
      ),
    heldOut: () => undefined,
    unknown: null,
  };
}
