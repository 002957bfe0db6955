import type { BenchmarkLine } from '../records/speed';

/** A number to three significant digits. */
const digits = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');

/** The cells of a measured line: milliseconds of one run, and the rate per second. */
export function speedCells({ milliseconds, rate, reason }: BenchmarkLine): [milliseconds: string, rate: string] {
  if (milliseconds === null || rate === null) return [`not here: ${reason ?? 'no figure'}`, ''];
  return [digits(milliseconds), `${digits(rate.value)} ${rate.unit}`];
}

/** The lines as a Markdown table under the adapter's name, for copying. */
export function speedTable(about: string, lines: readonly BenchmarkLine[]): string {
  const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const rows = lines.map((line) => `| ${[line.what, ...speedCells(line)].map(cell).join(' | ')} |`);
  return [about, '', '| what | ms | a second |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

/** The name of an adapter. */
export function adapterWords(adapter: {
  vendor: string;
  architecture: string;
  description: string;
  software: boolean;
}): string {
  const { vendor, architecture, description, software } = adapter;
  const name = [vendor, architecture, description].filter(Boolean).join(' · ') || 'an adapter that is not named';
  return `${name} (${software ? 'on the processor' : 'hardware'})`;
}
