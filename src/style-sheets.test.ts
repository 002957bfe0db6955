import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../scripts/vulkan.mjs';
import { classesIn, LAYERS, rulesOf, textsBelow, tiesOf, unstyled, writtenIn } from './style-sheets.test-data';

const folder = join(repositoryRoot, 'src', 'ui');
const sheets = textsBelow(folder, '.css');
const rules = [...sheets].flatMap(([path, text]) => rulesOf(path, text));
const components = textsBelow(folder, '.ts', '.tsx');
const written = [...components].flatMap(([path, text]) => writtenIn(path, text));

describe('the order of style sheets decides nothing', () => {
  test('every sheet begins with the order of the layers and keeps its rules in one of them', () => {
    expect([...sheets].filter(([, text]) => !text.startsWith(`${LAYERS}\n`)).map(([path]) => path)).toEqual([]);
    const names = LAYERS.replace(/^@layer |;$/g, '').split(', ');
    expect(
      rules.filter(({ layer }) => !names.includes(layer ?? '')).map(({ sheet, selector }) => `${sheet} ${selector}`),
    ).toEqual([]);
    const layers = [...sheets.keys()].map(
      (path) => new Set(rules.flatMap(({ sheet, layer }) => (sheet === path ? [layer] : []))),
    );
    expect(layers.filter(({ size }) => size > 1)).toEqual([]);
  });

  test('no two sheets of a layer set one property of one element with one weight', () => {
    expect(tiesOf(rules, written)).toEqual([]);
  });

  test('a tie is found by class, by the classes of an element, and by those that a component adds', () => {
    const page = [
      ...writtenIn(
        'a.tsx',
        `<p className="found" />\n<p className={isBig ? 'one two' : \`one \${size}\`} />\n<Dialog className="mine" />`,
      ),
      ...writtenIn('dialog.tsx', 'function Dialog() { return <div className={`dialog ${className}`} />; }'),
    ];
    const ties = (one: string, other: string): number =>
      tiesOf([...rulesOf('a.css', `@layer views { ${one} }`), ...rulesOf('b.css', `@layer views { ${other} }`)], page)
        .length;
    expect(ties('.found { margin: 0; }', '.found { margin-top: 1px; }')).toBe(1);
    expect(ties('.one { color: red; }', '.two { color: blue; }')).toBe(1);
    expect(ties('.dialog { width: 1px; }', '@media (width < 9px) { .mine { width: 2px; } }')).toBe(1);
    expect(ties('.one { color: red; }', '.two { width: 0; }')).toBe(0);
    expect(ties('.one { color: red; }', 'p.two { color: blue; }')).toBe(0);
    expect(ties('.one { color: red; }', '.found { color: blue; }')).toBe(0);
    expect(ties('.one:not(.x, #y) { color: red; }', '.two { color: blue; }')).toBe(0);
  });
});

test('every class of a sheet is written by a component, those of uPlot by it', () => {
  const quoted = [...components.values()].flatMap((text) =>
    [...text.matchAll(/'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`/g)].map(([all]) => all),
  );
  const words = new Set(quoted.flatMap((text) => text.match(/[a-z][\w-]*/g) ?? []));
  const names = new Set(rules.flatMap(({ selector }) => classesIn(selector)));
  expect([...names].filter((name) => !words.has(name) && !name.startsWith('u-'))).toEqual([]);
});

test('whatever loads a component loads the sheet of its classes', () => {
  expect(unstyled(new Map([...components, ...sheets]), rules, written)).toEqual([]);
  const texts = new Map([
    ['main.tsx', "import { A } from './a';\nimport './base.css';\nconst B = lazy(() => import('./b'));"],
    ['a.tsx', 'import \'./a.css\';\n<p className="muted mine" />'],
    ['b.tsx', '<p className="mine theirs" />'],
    ['c.tsx', "import './c.css';"],
    ['base.css', '.muted { color: grey; }'],
    ['a.css', '.mine { width: 1px; }'],
    ['c.css', '.theirs { width: 1px; }'],
  ]);
  const of = [...texts].filter(([path]) => path.endsWith('.css')).flatMap(([path, text]) => rulesOf(path, text));
  const by = [...texts].flatMap(([path, text]) => writtenIn(path, text));
  expect(unstyled(texts, of, by)).toEqual(['b.tsx: theirs']);
});
