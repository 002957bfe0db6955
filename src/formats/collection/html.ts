import { Parser } from 'htmlparser2';

/** Elements whose text is not shown or not part of the page's contents. */
const SKIPPED = new Set(['script', 'style', 'noscript', 'template', 'svg', 'math', 'nav', 'iframe', 'object']);
/** Elements that end a line, as in a browser. */
const BLOCKS = new Set(
  'address article aside blockquote br caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main ol p pre section table tbody td tfoot th thead title tr ul'.split(
    ' ',
  ),
);

export interface TitledText {
  /** The title; empty where there is none. */
  title: string;
  text: string;
}

/**
 * The text that an HTML page shows, a line a block, without scripts, styles and navigation. Its title is that of its
 * head, or else its first heading, which then is not repeated in the text.
 */
export function htmlText(html: string): TitledText {
  const shown: string[] = [];
  const title: string[] = [];
  const heading: string[] = [];
  let skipped = 0;
  let inTitle = false;
  let inHeading = false;
  let headings = 0;
  const parser = new Parser({
    onopentag(name) {
      if (SKIPPED.has(name)) skipped++;
      if (name === 'title') inTitle = true;
      if (name === 'h1' && headings++ === 0) inHeading = true;
      if (BLOCKS.has(name)) shown.push('\n');
    },
    ontext(text) {
      if (skipped > 0) return;
      if (inTitle) title.push(text);
      else if (inHeading) heading.push(text);
      else shown.push(text);
    },
    onclosetag(name) {
      if (SKIPPED.has(name) && skipped > 0) skipped--;
      if (name === 'title') inTitle = false;
      if (name === 'h1') inHeading = false;
      if (BLOCKS.has(name)) shown.push('\n');
    },
  });
  parser.write(html);
  parser.end();
  const [named, headed] = [oneLine(title.join('')), oneLine(heading.join(''))];
  const body = tidy(shown.join(''));
  // A page's title often has its heading and the site's name: then the heading is what it is called.
  const called = headed !== '' && (named === '' || named.includes(headed)) ? headed : named;
  return { title: called, text: called === headed || headed === '' ? body : tidy(`${headed}\n${body}`) };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Lines without the spaces around them, blank ones left out. */
export const tidy = (text: string): string =>
  text
    .split('\n')
    .map(oneLine)
    .filter((line) => line !== '')
    .join('\n');
