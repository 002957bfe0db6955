import { bpeTokenizer } from '../formats/bpe-tokenizer';
import type { TokenizerFiles } from '../formats/huggingface';
import { wordLevelTokenizer } from '../formats/word-level';
import type { Task } from '../tasks/task';

/** A task's vocabulary as the two files that stand beside a checkpoint. */
export function taskTokenizer({ vocabulary, bpe, specials }: Task): TokenizerFiles {
  const { embed: eos, pad, unknown } = specials;
  return bpe ? bpeTokenizer(bpe, { eos, pad, unk: unknown }) : wordLevelTokenizer(vocabulary, unknown, { eos, pad });
}
