import { wordsOf } from '../lib/words';
import type { Task } from './task';

/** The number of words of a text, and those that the task's model never saw, each once. */
export interface UnknownWords {
  words: number;
  unknown: string[];
  /** Number of words in the text that the model never saw. */
  count: number;
}

/**
 * Finds the words of a text that a model cannot know: words outside a vocabulary of words, or outside the documents it
 * was trained on.
 */
export function unknownWords(task: Task, text: string): UnknownWords {
  const words = task.knows ? wordsOf(text) : text.split(/\s+/).filter(Boolean);
  const known = task.knows ? (word: string) => task.knows!(word) : knownTo(task.vocabulary);
  const missing = words.filter((word) => !known(word));
  return { words: words.length, unknown: [...new Set(missing)], count: missing.length };
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

function knownTo(vocabulary: readonly string[]): (word: string) => boolean {
  let set = sets.get(vocabulary);
  if (!set) sets.set(vocabulary, (set = new Set(vocabulary)));
  const words = set;
  return (word) => words.has(word);
}
