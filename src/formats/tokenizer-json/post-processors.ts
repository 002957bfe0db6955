import { isJsonObject, quote } from '../json';
import type { Component } from './component';

/** Special tokens before and after a text. */
export interface Frame {
  before: readonly number[];
  after: readonly number[];
}

const NOTHING: Frame = { before: [], after: [] };

/**
 * The special tokens that a post-processor of a tokenizer.json puts around one text.
 * @throws InputError for an unsupported kind.
 */
export function frameOf(component: Component): Frame {
  switch (component.type) {
    case 'ByteLevel':
      return NOTHING;
    case 'BertProcessing':
    case 'RobertaProcessing':
      return { before: [pairedId(component, 'cls')], after: [pairedId(component, 'sep')] };
    case 'TemplateProcessing':
      return template(component);
    case 'Sequence':
      return component
        .children('processors')
        .map(frameOf)
        .reduce(
          (inner, outer) => ({
            before: [...outer.before, ...inner.before],
            after: [...inner.after, ...outer.after],
          }),
          NOTHING,
        );
    default:
      return component.unknown(['TemplateProcessing', 'BertProcessing', 'RobertaProcessing', 'ByteLevel', 'Sequence']);
  }
}

function pairedId(component: Component, key: string): number {
  const id: unknown = component.list(key)[1];
  return typeof id === 'number' && Number.isInteger(id)
    ? id
    : component.refuse(`${key} is ${quote(component.json[key])}`, 'a token and its id there');
}

function template(component: Component): Frame {
  const special = component.object('special_tokens');
  const before: number[] = [];
  const after: number[] = [];
  let texts = 0;
  for (const item of component.list('single')) {
    const { Sequence: text, SpecialToken: token } = isJsonObject(item) ? item : {};
    if (isJsonObject(text) && text['id'] === 'A') texts++;
    else if (isJsonObject(token) && typeof token['id'] === 'string') {
      const named = special[token['id']];
      const ids: unknown = isJsonObject(named) ? named['ids'] : undefined;
      if (!Array.isArray(ids) || !ids.every((id): id is number => Number.isInteger(id))) {
        return component.refuse(`special_tokens lacks ${quote(token['id'])}`, 'the ids of every token of its template');
      }
      (texts === 0 ? before : after).push(...ids);
    } else component.refuse(`single holds ${quote(item)}`, 'special tokens and one text A there');
  }
  if (texts !== 1) component.refuse(`single holds the text ${texts} times`, 'the text A once');
  return { before, after };
}
