import type { TokenizerFiles } from '../formats/huggingface';
import { wordLevelTokenizer } from '../formats/word-level';
import type { Task } from '../tasks/task';

/** A task's vocabulary as the two files that stand beside a checkpoint. */
export const taskTokenizer = ({ vocabulary, specials }: Task): TokenizerFiles =>
  wordLevelTokenizer(vocabulary, specials.unknown, { eos: specials.embed, pad: specials.pad });
