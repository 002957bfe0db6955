/** Writes columns as CSV (RFC 4180), with exact values; what is not a number is left empty. */
export function toCsv(header: readonly string[], columns: readonly ArrayLike<number>[]): string {
  const rows = Array.from({ length: columns[0]?.length ?? 0 }, (_, at) =>
    columns.map((column) => (Number.isNaN(column[at]!) ? '' : String(column[at]))).join(','),
  );
  return [header.map(quotedCell).join(','), ...rows].join('\r\n');
}

/** A text as a cell of a CSV table. */
export const quotedCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
