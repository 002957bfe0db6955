/**
 * Milliseconds for which a download's contents are kept: some browsers begin to read a large file only some time after
 * the click.
 */
const KEEP_MS = 60_000;

/** Downloads a file. */
export function save(name: string, contents: string | Uint8Array<ArrayBuffer> | Blob): void {
  const url = URL.createObjectURL(contents instanceof Blob ? contents : new Blob([contents]));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}
