/** Gives a file to the browser's downloads. */
export function save(name: string, contents: string | Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([contents]));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser takes the blob before the next task.
  setTimeout(() => URL.revokeObjectURL(url));
}
