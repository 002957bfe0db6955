import { marked } from 'marked';
import { htmlText, type TitledText } from './html';

/** What a note says, without its marks. Its title is that of its front matter, or else its first heading. */
export function markdownText(markdown: string): TitledText {
  const [front = '', matter = ''] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(markdown) ?? [];
  const [, given = ''] = /^title:\s*(.+?)\s*$/m.exec(matter) ?? [];
  const { title, text } = htmlText(marked.parse(withoutRuns(markdown.slice(front.length)), { async: false }));
  const bare = given.replace(/^(["'])(.*)\1$/, '$2');
  if (bare === '' || bare === title) return { title, text };
  return { title: bare, text: title === '' ? text : `${title}\n${text}` };
}

/** Times that something short may stand after itself. */
const LONGEST_RUN = 200;

/** Nobody writes a quote in a quote thousands of times over, and the parser's time grows with the square of it. */
const withoutRuns = (markdown: string): string =>
  markdown.replace(/(.{1,8}?)\1{199,}/gs, (_, unit: string) => unit.repeat(LONGEST_RUN));
