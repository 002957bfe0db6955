import { marked } from 'marked';
import { htmlText, type TitledText } from './html';

/** The text of a Markdown note, without its marks. Its title is that of its front matter, or else its first heading. */
export function markdownText(markdown: string): TitledText {
  const [front = '', matter = ''] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(markdown) ?? [];
  const [, given = ''] = /^title:\s*(.+?)\s*$/m.exec(matter) ?? [];
  const { title, text } = htmlText(marked.parse(withoutRuns(markdown.slice(front.length)), { async: false }));
  const bare = given.replace(/^(["'])(.*)\1$/, '$2');
  if (bare === '' || bare === title) return { title, text };
  return { title: bare, text: title === '' ? text : `${title}\n${text}` };
}

/** The most repetitions in a row of a short unit. */
const LONGEST_RUN = 200;

/**
 * Shortens long runs of a short unit, such as thousands of nested quotes, which no real note has: the parser's time
 * grows with the square of their number.
 */
const withoutRuns = (markdown: string): string =>
  markdown.replace(/(.{1,8}?)\1{199,}/gs, (_, unit: string) => unit.repeat(LONGEST_RUN));
