import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { strftime } from './strftime';
import { TemplateError } from './template-error';
import { TemplateLines } from './template-lines';

type Node = NonNullable<Parameters<Interpreter['evaluate']>[0]>;
type Value = ReturnType<Interpreter['evaluate']>;

/** The most steps that a template may take; a real one takes a hundredth of it. */
const STEPS = 200_000;
/** Characters that cost as much as a step. */
const STEP_CHARACTERS = 64;
const ITEMS = 10_000;
const NUMBERS = 2 ** 24;
/** Characters beyond those of the messages. */
const CHARACTERS = 2 ** 20;

export interface TemplateInput {
  /** Variables of the template: JSON. */
  variables: Readonly<Record<string, unknown>>;
  /** The date that `strftime_now` returns, `2024-07-26`. */
  date: string;
  /** Characters of all that goes in. */
  characters: number;
}

/** A chat template that was read and can be rendered: `@huggingface/jinja` with limits, and without what it does otherwise
 * than Python in silence. */
export class TemplateEngine {
  private readonly program: ReturnType<typeof parse>;
  private readonly lines: TemplateLines;

  /** @throws TemplateError for what is no template. */
  constructor(source: string) {
    let line: (() => number) | null = null;
    try {
      const tokens = tokenize(source, { lstrip_blocks: true, trim_blocks: true });
      this.lines = new TemplateLines(source, tokens);
      let last = 0;
      line = () => this.lines.ofToken(last);
      const watched = new Proxy(tokens, {
        get: (all, key): unknown => {
          const index = typeof key === 'string' && /^\d+$/.test(key) ? Number(key) : -1;
          if (index >= 0 && index < all.length) last = Math.max(last, index);
          return Reflect.get(all, key);
        },
      });
      this.program = parse(watched);
      this.lines.place(this.program);
    } catch (error) {
      throw new TemplateError(line?.() ?? null, reasonOf(error));
    }
  }

  /** @throws TemplateError where the template throws, takes too long or writes too much. */
  render({ variables, date, characters }: TemplateInput): string {
    const environment = new Environment();
    const globals: Record<string, unknown> = {
      true: true,
      True: true,
      false: false,
      False: false,
      none: null,
      None: null,
      raise_exception: (message: unknown) => {
        throw new Error(`the template refuses it: ${String(message)}`);
      },
      range: limitedRange,
      strftime_now: (format: unknown) => strftime(date, String(format)),
      ...variables,
    };
    for (const [name, value] of Object.entries(globals)) environment.set(name, value);
    const interpreter = new LimitedInterpreter(environment, this.program, characters + CHARACTERS);
    try {
      return interpreter.run(this.program).toString();
    } catch (error) {
      throw new TemplateError(this.lines.of(interpreter.failed), reasonOf(error));
    }
  }
}

/** Counts what is evaluated, bounds what comes of it, and prints as Python does. */
class LimitedInterpreter extends Interpreter {
  /** The innermost part that threw. */
  failed: unknown = null;
  private thrown: unknown = null;
  private steps = 0;
  /** Expressions whose value becomes text. */
  private readonly printed: ReadonlySet<unknown>;
  /** Lists whose items become text. */
  private readonly joined: ReadonlySet<unknown>;
  private readonly words: (text: string | string[]) => Value;

  constructor(
    environment: Environment,
    program: unknown,
    private readonly characters: number,
  ) {
    super(environment);
    const { printed, joined } = printedBy(program);
    this.printed = printed;
    this.joined = joined;
    this.words = (text) => new Environment().set('text', text);
  }

  override evaluate(statement: Node | undefined, environment: Environment): Value {
    try {
      this.spend(1);
      const value = this.stripped(statement, environment) ?? super.evaluate(statement, environment);
      this.check(value);
      if (this.joined.has(statement)) return this.itemsAsPython(value);
      return this.printed.has(statement) ? this.asPython(value) : value;
    } catch (error) {
      // What ends a loop comes by here too, so that the last one counts.
      if (this.thrown !== error) this.failed = statement;
      this.thrown = error;
      throw error;
    }
  }

  /** `text.strip(characters)` and its like, whose characters the package leaves out of account. */
  private stripped(statement: Node | undefined, environment: Environment): Value | null {
    const callee: unknown = statement?.type === 'CallExpression' ? Reflect.get(statement, 'callee') : null;
    const args: unknown = statement && callee ? Reflect.get(statement, 'args') : null;
    if (!isNode(callee) || callee.type !== 'MemberExpression' || !Array.isArray(args) || args.length !== 1) return null;
    const property: unknown = Reflect.get(callee, 'property');
    const name: unknown = isNode(property) ? Reflect.get(property, 'value') : null;
    const given: unknown = args.at(0);
    const object: unknown = Reflect.get(callee, 'object');
    if (name !== 'strip' && name !== 'lstrip' && name !== 'rstrip') return null;
    if (!isNode(given) || !isNode(object)) return null;
    const text = this.evaluate(object, environment).value;
    const characters = this.evaluate(given, environment).value;
    if (typeof text !== 'string' || typeof characters !== 'string') {
      throw new Error(`${name} of what is no text`);
    }
    const all = Array.from(text);
    let from = 0;
    let to = all.length;
    if (name !== 'rstrip') while (from < to && characters.includes(all[from]!)) from++;
    if (name !== 'lstrip') while (to > from && characters.includes(all[to - 1]!)) to--;
    return this.words(all.slice(from, to).join(''));
  }

  private spend(steps: number): void {
    this.steps += steps;
    if (this.steps > STEPS) throw new Error(`it takes more than ${STEPS} steps`);
  }

  private check({ value }: Value): void {
    if (typeof value === 'string') {
      if (value.length > this.characters) throw new Error(`it writes more than ${this.characters} characters`);
      this.spend(Math.floor(value.length / STEP_CHARACTERS));
    }
    if (typeof value === 'number' && Math.abs(value) > NUMBERS) {
      throw new Error(`it calculates with numbers beyond ${NUMBERS}`);
    }
    const size = Array.isArray(value) ? value.length : value instanceof Map ? value.size : 0;
    if (size > ITEMS) throw new Error(`it makes a list of more than ${ITEMS}`);
    // A loop over it may have nothing else to count.
    this.spend(2 * size);
  }

  private itemsAsPython(value: Value): Value {
    if (!Array.isArray(value.value)) return value;
    return this.words(value.value.map((item) => this.asPython(item).toString()));
  }

  private asPython(value: Value): Value {
    if (value.type === 'NullValue') return this.words('None');
    // 1.0 stays 1.0.
    if (value.type === 'FloatValue') return this.words(value.toString());
    if (typeof value.value === 'boolean') return this.words(value.value ? 'True' : 'False');
    if (value.value instanceof Map || Array.isArray(value.value)) {
      throw new Error('it prints a list or a mapping, which Python prints otherwise; tojson prints the same');
    }
    return value;
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Statements, whose value is no text of their own. */
const STATEMENTS = new Set(['Set', 'If', 'For', 'Macro', 'CallStatement', 'FilterStatement', 'Comment', 'Break', 'Continue']); // prettier-ignore

/** The nodes of a template whose text is printed, in `{{ }}` or on a side of `~`, and the lists that `join` joins. */
function printedBy(program: unknown): { printed: ReadonlySet<unknown>; joined: ReadonlySet<unknown> } {
  const printed = new Set<unknown>();
  const joined = new Set<unknown>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (node instanceof Map) for (const entry of node) entry.forEach(visit);
    else if (isNode(node)) {
      for (const [key, part] of Object.entries(node)) {
        if (['body', 'alternate', 'defaultBlock'].includes(key) && Array.isArray(part)) {
          for (const inner of part) if (isNode(inner) && !STATEMENTS.has(inner.type)) printed.add(inner);
        }
        visit(part);
      }
      if ('operator' in node && isNode(node.operator) && Reflect.get(node.operator, 'value') === '~') {
        printed.add(Reflect.get(node, 'left'));
        printed.add(Reflect.get(node, 'right'));
      }
      if (node.type === 'FilterExpression' && filterName(Reflect.get(node, 'filter')) === 'join') {
        joined.add(Reflect.get(node, 'operand'));
      }
    }
  };
  visit(program);
  return { printed, joined };
}

/** The name of a filter by itself or with arguments. */
function filterName(filter: unknown): unknown {
  if (!isNode(filter)) return null;
  return filter.type === 'CallExpression' ? filterName(Reflect.get(filter, 'callee')) : Reflect.get(filter, 'value');
}

/** Python's `range`, within a limit, as its sandbox has one. */
function limitedRange(...given: unknown[]): number[] {
  const whole = given.map((value) => {
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    throw new Error(`range of ${typeof value}, expected whole numbers`);
  });
  const [start, stop, step] = whole.length === 1 ? [0, whole[0]!, 1] : [whole[0] ?? 0, whole[1] ?? 0, whole[2] ?? 1];
  if (step === 0) throw new Error('range with a step of 0');
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (count > ITEMS) throw new Error(`range of ${count}, expected at most ${ITEMS}`);
  return Array.from({ length: count }, (_, i) => start + i * step);
}

/** One line. Loops that end by `break` throw what is no Error of the template's. */
function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'it nests or grows too deep';
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 300);
}
