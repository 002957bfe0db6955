import { gzipSync, zipSync } from 'fflate';
import { memoryFile, type SourceFile } from './source-file';

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Files of a folder called `dir`, their bytes in pieces of a few, as a slow disk would give them. */
export const filesOf = (contents: Record<string, string | Uint8Array>, piece = 7): SourceFile[] =>
  Object.entries(contents).map(([path, content]) => {
    const bytes = typeof content === 'string' ? utf8(content) : content;
    const file = memoryFile(path, `dir/${path}`, bytes);
    return {
      ...file,
      read: async function* () {
        for (let from = 0; from < bytes.length; from += piece) {
          await Promise.resolve();
          yield bytes.subarray(from, from + piece);
        }
      },
    };
  });

export const gz = (text: string): Uint8Array => gzipSync(utf8(text));
export const zip = (files: Record<string, string>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, utf8(text)])));
