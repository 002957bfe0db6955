import { InputError } from '../../lib/errors';
import { quote } from '../json';
import type { Component } from './component';
import { bpeModel } from './bpe-model';
import type { TokenModel } from './token-model';
import { unigramModel } from './unigram-model';
import { vocabularyOf } from './vocabulary';

/**
 * The model of a tokenizer.json.
 * @throws InputError for one that is not among ours.
 */
export function tokenModelOf(component: Component): TokenModel {
  const type = component.json['type'] ?? guessed(component);
  switch (type) {
    case 'BPE':
      return bpeModel(component);
    case 'WordPiece':
      return wordPiece(component);
    case 'WordLevel':
      return wordLevel(component);
    case 'Unigram':
      return unigramModel(component);
    default:
      return component.unknown(['BPE', 'WordPiece', 'WordLevel', 'Unigram']);
  }
}

/** Older files leave the type out. */
function guessed({ json }: Component): string | undefined {
  if (json['vocab'] === undefined) return undefined;
  if ('merges' in json) return 'BPE';
  if ('unk_id' in json) return 'Unigram';
  return 'continuing_subword_prefix' in json ? 'WordPiece' : 'WordLevel';
}

/** A piece is a token or the unknown one. */
function wordLevel(component: Component): TokenModel {
  const ids = vocabularyOf(component);
  const unknown = ids.get(component.string('unk_token'));
  return {
    ids,
    tokenize: (piece) => [ids.get(piece) ?? unknown ?? notKnown(piece)],
  };
}

/**
 * The model WordPiece: of every piece the longest token it begins with, then of the rest the longest continuation, as
 * in BERT.
 */
function wordPiece(component: Component): TokenModel {
  const ids = vocabularyOf(component);
  const prefix = component.string('continuing_subword_prefix', '##');
  const longest = component.integer('max_input_chars_per_word', 100);
  const unknown = ids.get(component.string('unk_token', '[UNK]'));
  const split = (characters: readonly string[]): number[] | null => {
    const found: number[] = [];
    for (let start = 0; start < characters.length;) {
      let end = characters.length;
      let id: number | undefined;
      for (; end > start && id === undefined; end--) {
        id = ids.get((start > 0 ? prefix : '') + characters.slice(start, end).join(''));
      }
      if (id === undefined) return null;
      found.push(id);
      start = end + 1;
    }
    return found;
  };
  return {
    ids,
    tokenize(piece) {
      const characters = Array.from(piece);
      const found = characters.length > longest ? null : split(characters);
      return found ?? [unknown ?? notKnown(piece)];
    },
  };
}

function notKnown(piece: string): never {
  throw new InputError(`text: ${quote(piece)} is not in the vocabulary, expected known words`);
}
