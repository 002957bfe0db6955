/** A token of a template, as the lexer gives it. */
interface Token {
  value: string;
  type: string;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The line that each token stands in: the lexer keeps no places, so its tokens are found again, one after the other. */
function linesOf(source: string, tokens: readonly Token[]): number[] {
  let cursor = 0;
  let line = 1;
  return tokens.map(({ value, type }) => {
    const sought = type === 'Text' || type === 'Comment' ? value.trim() : value;
    const found = sought === '' ? -1 : source.indexOf(sought, cursor);
    if (found < 0) return line;
    for (; cursor < found; cursor++) if (source[cursor] === '\n') line++;
    const at = line;
    for (; cursor < found + sought.length; cursor++) if (source[cursor] === '\n') line++;
    return at;
  });
}

/** The line of each part of a template, for messages. */
export class TemplateLines {
  private readonly lines: number[];
  /** Lines of what the tree names, by the name, in the order of the source. */
  private readonly named = new Map<string, number[]>();
  private readonly byToken = new Map<unknown, number>();
  private readonly places = new Map<unknown, number>();

  constructor(source: string, tokens: readonly Token[]) {
    this.lines = linesOf(source, tokens);
    tokens.forEach((token, i) => {
      this.byToken.set(token, this.lines[i]!);
      if (token.type !== 'Identifier') return;
      const known = this.named.get(token.value) ?? [];
      known.push(this.lines[i]!);
      this.named.set(token.value, known);
    });
  }

  /** The line of a token, by its place among all. */
  ofToken(index: number): number {
    return this.lines[Math.min(index, this.lines.length - 1)] ?? 1;
  }

  /** Takes in the tree that was parsed from the tokens: its names come in the order of the source, each among its like. */
  place(program: unknown): void {
    const seen = new Map<string, number>();
    const visit = (node: unknown): void => {
      if (Array.isArray(node)) node.forEach(visit);
      else if (node instanceof Map) for (const entry of node) entry.forEach(visit);
      else if (isObject(node)) {
        if ('type' in node && node.type === 'Identifier' && 'value' in node && typeof node.value === 'string') {
          const index = seen.get(node.value) ?? 0;
          seen.set(node.value, index + 1);
          const line = this.named.get(node.value)?.[index];
          if (line !== undefined) this.places.set(node, line);
        } else Object.values(node).forEach(visit);
      }
    };
    visit(program);
  }

  /** The line of a part of the tree: of the first name or operator in it; null where it has none. */
  of(node: unknown): number | null {
    const own = this.places.get(node) ?? this.byToken.get(node);
    if (own !== undefined) return own;
    const inner: unknown[] = node instanceof Map ? [...node].flat() : isObject(node) ? Object.values(node) : [];
    for (const part of inner) {
      const line = isObject(part) ? this.of(part) : null;
      if (line !== null) return line;
    }
    return null;
  }
}
