import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The line that every sheet begins with, so that whichever comes first orders the layers. */
export const LAYERS = '@layer base, kit, parts, views, forced;';

/** A rule of a sheet for one of its selectors. */
export interface Rule {
  sheet: string;
  layer: string | null;
  selector: string;
  properties: readonly string[];
  /** The specificity of the selector: ids, classes and what counts like them, elements. */
  weight: string;
  /** The element that the selector ends in: its tag, classes and pseudo-element. */
  tag: string | null;
  classes: readonly string[];
  pseudo: string | null;
}

/** An element as a file of the page writes it, with all classes that it may have. */
export interface Written {
  path: string;
  /** The component that writes it, and whether that adds the classes which it is given. */
  component: string;
  isGiven: boolean;
  tag: string;
  classes: ReadonlySet<string>;
}

/** The files below `folder`, by their paths in it, of those that end in one of `ends`. */
export function textsBelow(folder: string, ...ends: string[]): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  const own = paths.filter((path) => ends.some((end) => path.endsWith(end)) && !path.includes('.test'));
  return new Map(own.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** Splits at `separator` outside of brackets. */
function split(text: string, separator: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of text) {
    if ('([{'.includes(letter)) depth++;
    if (')]}'.includes(letter)) depth--;
    if (letter === separator && depth === 0) parts.push('');
    else parts.push(parts.pop()! + letter);
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The end of the block whose brace was opened before `from`. */
function closing(text: string, from: number): number {
  let end = from;
  for (let depth = 1; depth > 0; end++) depth += text[end] === '{' ? 1 : text[end] === '}' ? -1 : 0;
  return end;
}

/** The blocks of a sheet or of a block, each with what stands before its brace. */
function* blocks(text: string): Generator<[before: string, body: string]> {
  let from = 0;
  for (let open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
    const end = closing(text, open + 1);
    yield [text.slice(from, open).replace(/[^]*;/, '').trim(), text.slice(open + 1, end - 1)];
    from = end;
  }
}

const count = (text: string, of: RegExp): number => (text.match(of) ?? []).length;

function weightOf(selector: string): [ids: number, classes: number, elements: number] {
  let [ids, classes, elements] = [0, 0, 0];
  // Of `:is`, `:not` and `:has` the heaviest selector inside counts.
  let rest = selector.replace(/:(?:is|not|has)\(((?:[^()]|\([^()]*\))*)\)/g, (_, inside: string) => {
    const [first = 0, second = 0, third = 0] =
      split(inside, ',')
        .map(weightOf)
        .sort((a, b) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2])[0] ?? [];
    [ids, classes, elements] = [ids + first, classes + second, elements + third];
    return '';
  });
  rest = rest.replace(/\([^()]*\)/g, '');
  ids += count(rest, /#[\w-]+/g);
  elements += count(rest, /::[\w-]+/g);
  rest = rest.replace(/#[\w-]+|::[\w-]+/g, '');
  classes += count(rest, /\.[\w-]+|\[[^\]]*\]|:[\w-]+/g);
  elements += count(rest.replace(/\.[\w-]+|\[[^\]]*\]|:[\w-]+/g, ' '), /[a-z][\w-]*/gi);
  return [ids, classes, elements];
}

function subjectOf(selector: string): Pick<Rule, 'tag' | 'classes' | 'pseudo'> {
  const last = split(selector.replace(/\s*[>+~]\s*/g, ' '), ' ').at(-1) ?? '';
  const plain = last.replace(/:(?:is|not|has)\((?:[^()]|\([^()]*\))*\)/g, '');
  return {
    tag: /^[a-z][\w-]*/i.exec(plain)?.[0] ?? null,
    classes: classesIn(plain),
    pseudo: /::([\w-]+)/.exec(plain)?.[1] ?? null,
  };
}

/** All rules of a sheet; keyframes are none. */
export function rulesOf(sheet: string, text: string): Rule[] {
  const rules: Rule[] = [];
  const read = (inside: string, layer: string | null): void => {
    for (const [before, body] of blocks(inside)) {
      if (before.startsWith('@keyframes')) continue;
      if (before.startsWith('@layer')) read(body, before.replace('@layer', '').trim());
      else if (before.startsWith('@')) read(body, layer);
      else {
        const properties = split(body, ';').map((line) => line.slice(0, line.indexOf(':')).trim());
        for (const selector of split(before, ',')) {
          rules.push({ sheet, layer, selector, properties, weight: weightOf(selector).join(), ...subjectOf(selector) });
        }
      }
    }
  };
  read(text.replace(/\/\*[^]*?\*\//g, ''), null);
  return rules;
}

export const classesIn = (selector: string): string[] =>
  [...selector.matchAll(/\.([a-z][\w-]*)/g)].map(([, name]) => name!);

/** The elements that a file of the page writes a `className` for. */
export function writtenIn(path: string, text: string): Written[] {
  return [...text.matchAll(/className=(?:"([^"]*)"|\{)/g)].map(({ 0: start, 1: quoted, index }): Written => {
    const from = index + start.length;
    const value = quoted === undefined ? text.slice(from, closing(text, from) - 1) : `'${quoted}'`;
    // What stands in quotes, and of templates what stands outside of their holes.
    const quotes = [...value.matchAll(/'([^']*)'/g)].map(([, inside]) => inside);
    const templates = [...value.matchAll(/`([^`]*)`/g)].map(([, inside]) => inside!.replace(/\$\{[^}]*\}/g, ' '));
    return {
      path,
      component: [...text.slice(0, index).matchAll(/function (\w+)/g)].at(-1)?.[1] ?? '',
      isGiven: value.includes('${className}'),
      tag: /<([\w.]+)[^<]*$/.exec(text.slice(0, index))?.[1] ?? '',
      classes: new Set([...quotes, ...templates].join(' ').match(/[a-z][\w-]*/g) ?? []),
    };
  });
}

/** Begins like another property and is no part of it. */
const APART =
  /^(color-scheme|outline-offset|border-(radius|collapse)|flex-(direction|wrap)|overflow-wrap|font-variant.*|text-.*)$/;
const isPart = (one: string, whole: string): boolean =>
  one === whole || (one.startsWith(`${whole}-`) && !APART.test(one));

interface Page {
  classes: Set<string>;
  elements: Written[];
}

/** What each file writes; a component adds the classes that it is given to its own. */
function pagesOf(written: readonly Written[]): Page[] {
  const pages = new Map<string, Page>();
  const takers = written.filter(({ isGiven }) => isGiven);
  for (const element of written) {
    const page = pages.get(element.path) ?? { classes: new Set(), elements: [] };
    pages.set(element.path, page);
    const own = takers.filter(({ component }) => component === element.tag);
    const all = own.map((taker) => ({ ...element, classes: new Set([...element.classes, ...taker.classes]) }));
    for (const one of [element, ...all]) {
      page.elements.push(one);
      for (const name of one.classes) page.classes.add(name);
    }
  }
  return [...pages.values()];
}

/** Whether an element can be what both rules are about, as far as the classes tell that one file writes. */
function canMeet(a: Rule, b: Rule, pages: readonly Page[]): boolean {
  if (a.pseudo !== b.pseudo || (a.tag !== null && b.tag !== null && a.tag !== b.tag)) return false;
  const tag = a.tag ?? b.tag;
  const own = [...a.classes, ...b.classes];
  const around = [...classesIn(a.selector), ...classesIn(b.selector)];
  const isBoth = (element: Written): boolean =>
    own.every((name) => element.classes.has(name)) &&
    (tag === null || /^[A-Z]/.test(element.tag) || element.tag === tag);
  return pages.some(
    ({ classes, elements }) => around.every((name) => classes.has(name)) && (own.length === 0 || elements.some(isBoth)),
  );
}

/** Pairs of rules of two sheets of which the one that happens to come later wins: one layer, one weight, one property. */
export function tiesOf(rules: readonly Rule[], written: readonly Written[]): string[] {
  const pages = pagesOf(written);
  const isTie = (a: Rule, b: Rule): boolean =>
    a.sheet !== b.sheet &&
    a.layer === b.layer &&
    a.weight === b.weight &&
    a.properties.some((one) => b.properties.some((other) => isPart(one, other) || isPart(other, one))) &&
    canMeet(a, b, pages);
  return rules.flatMap((a, at) =>
    rules.slice(at + 1).flatMap((b) => (isTie(a, b) ? [`${a.sheet} ${a.selector} and ${b.sheet} ${b.selector}`] : [])),
  );
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*'(\.[^']+)'|(?:^|\n)import\s*'(\.[^']+)'/g;
const LATER = /import\('(\.[^']+)'\)/g;

/**
 * Files that write a class and can be on the page before any sheet that has rules for it.
 * @param texts of components and sheets, by path
 */
export function unstyled(
  texts: ReadonlyMap<string, string>,
  rules: readonly Rule[],
  written: readonly Written[],
): string[] {
  const at = (path: string, to: string): string | undefined => {
    const target = join(path, '..', to).replaceAll('\\', '/');
    return [target, `${target}.ts`, `${target}.tsx`].find((name) => texts.has(name));
  };
  const targets = (path: string, of: RegExp): string[] =>
    [...(texts.get(path) ?? '').matchAll(of)].flatMap(([, named, bare]) => at(path, named ?? bare ?? '') ?? []);
  /** What comes with a file, itself included. */
  const withAll = (start: readonly string[]): Set<string> => {
    const found = new Set(start);
    for (const path of found) for (const target of targets(path, IMPORT)) found.add(target);
    return found;
  };
  const sheetsOf = new Map<string, Set<string>>();
  for (const { sheet, selector } of rules) {
    for (const name of classesIn(selector)) sheetsOf.set(name, (sheetsOf.get(name) ?? new Set()).add(sheet));
  }
  const pages = [...texts.keys()].filter((path) => path.endsWith('main.tsx'));
  const later = [...texts.keys()].flatMap((path) => targets(path, LATER));
  const loads = [...pages.map((page) => withAll([page])), ...later.map((path) => withAll(['main.tsx', path]))];
  const bare = written.flatMap(({ path, classes }) =>
    [...classes]
      .filter((name) => {
        const sheets = [...(sheetsOf.get(name) ?? [])];
        return sheets.length > 0 && loads.some((load) => load.has(path) && !sheets.some((sheet) => load.has(sheet)));
      })
      .map((name) => `${path}: ${name}`),
  );
  return [...new Set(bare)];
}
