import type { LoraSettings } from '../config/lora';
import type { Session } from '../config/session';
import type { ChatTemplate } from '../formats/chat/chat-template';
import type { OpenedModel } from '../formats/opened-model';
import type { Tokenizer } from '../formats/tokenizer';
/** The opened model that a session trains from. */
export interface Base {
  opened: OpenedModel;
  tokenizer: Tokenizer;
  /** The token at whose state a text is embedded. */
  embed: number;
  adapter: LoraSettings | null;
  prompts: Session['prompts'];
  /** How the base marks the turns of a chat; null where the session's prompts do not use it. */
  template: ChatTemplate | null;
  where: string;
}
