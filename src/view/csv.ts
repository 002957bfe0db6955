/** RFC 4180, with the exact values; what is not a number is left empty. */
export function toCsv(header: readonly string[], columns: readonly ArrayLike<number>[]): string {
  const rows = Array.from({ length: columns[0]?.length ?? 0 }, (_, at) =>
    columns.map((column) => (Number.isNaN(column[at]!) ? '' : String(column[at]))).join(','),
  );
  return [header.map(quoted).join(','), ...rows].join('\r\n');
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
