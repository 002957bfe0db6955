import { readFileSync, writeFileSync } from 'node:fs';

const DOCUMENT = 'docs/reliability.md';

/** Writes one section of docs/reliability.md again, or adds it at the end. @param heading its first line */
export function writeSection(heading: string, text: string): void {
  const document = readFileSync(DOCUMENT, 'utf8');
  const start = document.indexOf(`${heading}\n`);
  const after = start < 0 ? -1 : document.indexOf('\n## ', start);
  const before = start < 0 ? `${document.trimEnd()}\n\n` : document.slice(0, start);
  const rest = after < 0 ? '' : document.slice(after + 1);
  writeFileSync(DOCUMENT, `${before}${text}${rest === '' ? '' : `\n${rest}`}`);
}
