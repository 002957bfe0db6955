import { parseArgs } from 'node:util';
import { InputError } from '../../lib/errors';

/**
 * The arguments that a command takes. `value`: `--name TEXT`; `values`: the same, several times; `switch`: `--name`
 * alone.
 */
export interface ArgumentSpec {
  /** The usage line, shown where the arguments are wrong: `score --run FILE --data BEIR_DIR --split S`. */
  usage: string;
  /** Names of the positional arguments; a last one ending in `…` takes one or more. */
  positionals?: readonly string[];
  flags?: Readonly<Record<string, 'value' | 'values' | 'switch'>>;
}

/** The arguments of one command, checked against its spec: nothing unknown, nothing twice, no flag without its value. */
export class Arguments {
  readonly positionals: readonly string[];
  private readonly values = new Map<string, string[]>();

  /** @throws InputError naming the argument and the command's usage. */
  constructor(
    argv: readonly string[],
    private readonly spec: ArgumentSpec,
  ) {
    const flags = spec.flags ?? {};
    const { tokens } = parseArgs({
      args: [...argv],
      strict: false,
      allowPositionals: true,
      tokens: true,
      options: Object.fromEntries(
        Object.entries(flags).map(([name, kind]) => [name, { type: kind === 'switch' ? 'boolean' : 'string' }]),
      ),
    });
    const positionals: string[] = [];
    for (const token of tokens) {
      if (token.kind === 'positional') positionals.push(token.value);
      if (token.kind === 'option') this.addFlag(token.name, token.rawName, token.value, token.inlineValue === true);
    }
    this.positionals = positionals;
    this.checkPositionals();
  }

  private fail(what: string): never {
    throw new InputError(`${what}, expected: lab ${this.spec.usage}`);
  }

  private addFlag(name: string, rawName: string, value: string | undefined, inline: boolean): void {
    const flags = this.spec.flags ?? {};
    const kind = Object.hasOwn(flags, name) && rawName === `--${name}` ? flags[name] : undefined;
    if (kind === undefined) this.fail(`${rawName}: unknown flag`);
    const known = (text: string): boolean => text.startsWith('--') && Object.hasOwn(flags, text.slice(2));
    if (kind === 'switch') {
      if (value !== undefined) this.fail(`${rawName}: takes no value`);
    } else if (value === undefined || (!inline && known(value))) {
      this.fail(`${rawName}: no value`);
    }
    const values = this.values.get(name) ?? [];
    if (values.length > 0 && kind !== 'values') this.fail(`${rawName}: given twice`);
    values.push(value ?? '');
    this.values.set(name, values);
  }

  private checkPositionals(): void {
    const names = this.spec.positionals ?? [];
    const open = names.at(-1)?.endsWith('…') === true;
    const missing = names[this.positionals.length];
    if (missing !== undefined) this.fail(`${missing}: missing`);
    const extra = this.positionals[names.length];
    if (extra !== undefined && !open) this.fail(`${JSON.stringify(extra)}: unexpected argument`);
  }

  has(flag: string): boolean {
    return this.values.has(flag);
  }

  /** Every value of a flag that may come several times. */
  all(flag: string): readonly string[] {
    return this.values.get(flag) ?? [];
  }

  optional(flag: string): string | undefined {
    return this.values.get(flag)?.[0];
  }

  /** A required text, which may be empty. */
  text(flag: string): string {
    return this.optional(flag) ?? this.fail(`--${flag}: missing`);
  }

  /** A required text that is not empty: a path, a name. */
  required(flag: string): string {
    const text = this.text(flag);
    return text === '' ? this.fail(`--${flag}: empty`) : text;
  }

  /** A number between bounds, both included; `fallback` where the flag is absent. */
  number(flag: string, { fallback, min, max }: { fallback: number; min: number; max: number }): number {
    const text = this.optional(flag);
    if (text === undefined) return fallback;
    const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InputError(`--${flag}: ${JSON.stringify(text)}, expected a number from ${min} to ${max}`);
  }

  /** A whole number between bounds, both included; `fallback` where the flag is absent. */
  integer(flag: string, { fallback, min, max }: { fallback: number; min: number; max: number }): number {
    const text = this.optional(flag);
    if (text === undefined) return fallback;
    const value = /^[-+]?\d+$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InputError(`--${flag}: ${JSON.stringify(text)}, expected a whole number from ${min} to ${max}`);
  }

  /** One of a few words; the first where the flag is absent. */
  choice<Word extends string>(flag: string, words: readonly [Word, ...Word[]]): Word {
    const text = this.optional(flag);
    if (text === undefined) return words[0];
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    throw new InputError(`--${flag}: ${JSON.stringify(text)}, expected ${words.join(' or ')}`);
  }
}
