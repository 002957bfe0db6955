import { PromptWriter } from '../../formats/chat/prompt-writer';
import type { TokenizerFiles } from '../../formats/huggingface';
import { endingIn } from '../../formats/sentence-transformers';
import { InputError } from '../../lib/errors';
import type { Session } from '../../config/session';
import type { Base } from '../base';

/** How a run's model embeds, for programs that do not know its chat template or its prompts. */
export interface RunEmbedding {
  /** A tokenizer that ends every text in the token that embeds, as the session's prompts do. */
  tokenizer: TokenizerFiles;
  query: string;
  document: string;
  longest: number;
  token: string;
}

/**
 * Makes the tokenizer and prompts with which other programs embed as the run does.
 * @throws InputError where queries and documents end in different tokens, which one tokenizer cannot write.
 */
export function runEmbedding({ model }: Session, base: Base, where: string): RunEmbedding {
  const { tokenizer, prompts, template, embed, opened } = base;
  const longest = Math.min(model.max_position_embeddings, opened.arch.max_position_embeddings);
  const writer = new PromptWriter(prompts, tokenizer, template, embed, longest, where);
  const query = writer.around('query');
  const document = writer.around('document');
  if (query.after !== document.after) {
    throw new InputError(
      `${where}: prompts.query and prompts.document go on differently after {text}, expected the same, which a tokenizer can write`,
    );
  }
  const after = [...tokenizer.encode(query.after, { specialTokens: false }), embed];
  return {
    tokenizer: endingIn(opened.tokenizer ?? { tokenizer: {}, config: {} }, tokenizer, after, !prompts.chat),
    query: query.before,
    document: document.before,
    longest,
    token: tokenizer.token(embed) ?? '',
  };
}
