import { InputError } from '../../lib/errors';
import type { BeirDocument } from '../beir';
import type { TitledText } from './html';
import { readWhole, type RoomCheck, type SourceFile } from './source-file';

/** The most characters of a line that can be a title. */
const LONGEST_TITLE = 120;
/** The most file names in a notice. */
const NAMED = 3;

/** A file of one text by its name's end; null for any other. */
export function textKind(path: string): 'txt' | 'md' | 'html' | null {
  const [, end] = /\.(txt|text|md|markdown|html|htm|xhtml)$/i.exec(path) ?? [];
  if (end === undefined) return null;
  const kind = end.toLowerCase();
  return kind.startsWith('t') ? 'txt' : kind.startsWith('m') ? 'md' : 'html';
}

/**
 * Reads each file as a document, in the order of their paths, which are the ids. The title is a page's or a note's own,
 * the first line of a plain text where it stands alone, or else the file's name.
 * @param note receives the files that are left out.
 * @throws InputError where no file has a text.
 */
export async function readTexts(
  files: readonly SourceFile[],
  room: RoomCheck,
  note: (notice: string) => void,
): Promise<BeirDocument[]> {
  const documents: BeirDocument[] = [];
  const ids = new Set<string>();
  const empty: string[] = [];
  const binary: string[] = [];
  const latin: string[] = [];
  const sorted = [...files].sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
  for (const file of sorted) {
    const decoded = decode(await readWhole(file, room));
    if (decoded === null) {
      binary.push(file.path);
      continue;
    }
    if (decoded.latin) latin.push(file.path);
    const { title, text } = await titled(file.path, decoded.text);
    if (text === '' && title === '') empty.push(file.path);
    else documents.push({ id: idOf(file.path, ids), title: title || nameOf(file.path), text });
  }
  if (empty.length > 0) note(`${named(empty)} left out: nothing is written in ${them(empty)}.`);
  if (binary.length > 0) note(`${named(binary)} left out: not a text.`);
  if (latin.length > 0) note(`${named(latin)} read as Windows-1252: not UTF-8.`);
  if (documents.length === 0) {
    throw new InputError(`${sorted[0]?.where ?? 'folder'}: no text in it, expected files with a text`);
  }
  return documents;
}

/** Run files separate ids by spaces, so that an id has none. */
function idOf(path: string, taken: Set<string>): string {
  const base = path.replace(/\s+/g, '_');
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  taken.add(id);
  return id;
}

/** A file's name without its ending, as words. */
const nameOf = (path: string): string =>
  path
    .split('/')
    .at(-1)!
    .replace(/\.[^.]+$/, '')
    .replace(/[_-]+/g, ' ')
    .trim();

async function titled(path: string, text: string): Promise<TitledText> {
  switch (textKind(path)) {
    case 'html': {
      // Both libraries are loaded where there is such a file.
      const { htmlText } = await import('./html');
      return htmlText(text);
    }
    case 'md': {
      const { markdownText } = await import('./markdown');
      return markdownText(text);
    }
    default:
      return plainText(text);
  }
}

/** A first line that a blank line or a line of dashes follows is a title, where it is short and no sentence. */
function plainText(text: string): TitledText {
  const lines = text.trim().split(/\r\n?|\n/);
  const [first = '', second = ''] = lines.map((line) => line.trim());
  const isTitle =
    lines.length > 2 && first.length <= LONGEST_TITLE && !/[.,;:]$/.test(first) && /^([-=*_~]{3,})?$/.test(second);
  return isTitle ? { title: first, text: lines.slice(2).join('\n').trim() } : { title: '', text: lines.join('\n') };
}

/** UTF-8, UTF-16 where it says so, or Windows-1252, as older editors wrote; null where it is no text. */
function decode(bytes: Uint8Array): { text: string; latin: boolean } | null {
  const [first, second] = bytes;
  const utf16 = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  if (utf16) return { text: new TextDecoder(utf16).decode(bytes), latin: false };
  if (bytes.includes(0)) return null;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), latin: false };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), latin: true };
  }
}

const named = (paths: readonly string[]): string => {
  const shown = paths.slice(0, NAMED).join(', ');
  const more = paths.length - NAMED;
  return `${shown}${more > 0 ? ` and ${more} more` : ''} ${paths.length === 1 ? 'is' : 'are'}`;
};
const them = (paths: readonly string[]): string => (paths.length === 1 ? 'it' : 'them');
