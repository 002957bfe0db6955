/** `NAME-00001-of-00003.gguf`, as llama.cpp names the parts of a file that it split. */
const SPLIT = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/;

/** Names of all splits that a file belongs to, in order; of a file in one piece, its own. */
export function splitNames(file: string): string[] {
  const [, prefix, , count] = SPLIT.exec(file) ?? [];
  if (prefix === undefined || count === undefined) return [file];
  return Array.from(
    { length: Number(count) },
    (_, i) => `${prefix}-${String(i + 1).padStart(5, '0')}-of-${count}.gguf`,
  );
}
