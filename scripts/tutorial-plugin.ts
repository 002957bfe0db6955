// Renders docs/tutorial.md as a page beside the built one, `tutorial/`, so that Help can open it without a network; with
// it the documents that it leads to, and its pictures.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marked } from 'marked';
import type { Plugin } from 'vite';
import { policyOf, policyTag } from './content-policy.ts';
import { repositoryRoot } from './vulkan.mjs';

const DOCS = join(repositoryRoot, 'docs');
const START = 'tutorial.md';

const STYLE = `body { max-width: 68ch; margin: 0 auto; padding: 24px 20px 48px; font: 16px / 1.55 system-ui, sans-serif; }
h1, h2 { line-height: 1.25; text-wrap: balance; }
h2 { margin-top: 1.8em; }
img { max-width: 100%; height: auto; border: 1px solid #8886; }
table { display: block; overflow-x: auto; border-collapse: collapse; }
td, th { padding: 2px 12px 2px 0; text-align: left; vertical-align: top; }
pre { overflow-x: auto; }
`;

const read = (name: string): string => readFileSync(join(DOCS, name), 'utf8');

/** Documents in `docs/` itself that a text links to, without what stands after `#`. */
const linked = (markdown: string): string[] => [
  ...new Set(Array.from(markdown.matchAll(/\]\(([\w-]+\.md)(?:#[^)]*)?\)/g), ([, name]) => name!)),
];

/** Pages that lie beside each other: the tutorial, and what it leads to. */
const pagesOf = (): string[] => [START, ...linked(read(START)).filter((name) => existsSync(join(DOCS, name)))];

const pageName = (name: string): string => (name === START ? 'index.html' : name.replace(/\.md$/, '.html'));

/** @param pages documents that are rendered too: links to others keep their words alone, because those are not there */
export function renderDocument(markdown: string, pages: readonly string[]): string {
  const marked = new Marked({
    renderer: {
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        if (/^https?:\/\//.test(href)) return `<a href="${href}" rel="noreferrer">${words}</a>`;
        if (href.startsWith('#')) return `<a href="${href}">${words}</a>`;
        const [file = ''] = href.split('#');
        return pages.includes(file) ? `<a href="./${pageName(file)}">${words}</a>` : words;
      },
      image({ href, text }) {
        return `<img src="./${href}" alt="${text.replace(/"/g, '&quot;')}" width="1024" height="640" loading="lazy" />`;
      },
    },
  });
  const title = /^# (.*)$/m.exec(markdown)?.[1] ?? 'Tutorial';
  return `<!doctype html>
<html lang="en">
<head>
${policyTag(policyOf())}
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>${title} · Search-R3 Lab</title>
<link rel="icon" href="../icon.svg" type="image/svg+xml" />
<link rel="stylesheet" href="./tutorial.css" />
</head>
<body>
<main>
${marked.parse(markdown, { async: false })}
<p><a href="../">To the lab</a></p>
</main>
</body>
</html>
`;
}

/** Everything that lies in `tutorial/`, by its name there. */
export function tutorialFiles(): Map<string, string | Uint8Array> {
  const pages = pagesOf();
  const pictures = readdirSync(join(DOCS, 'pictures'));
  return new Map<string, string | Uint8Array>([
    ...pages.map((name) => [pageName(name), renderDocument(read(name), pages)] as const),
    ...pictures.map((name) => [`pictures/${name}`, readFileSync(join(DOCS, 'pictures', name))] as const),
    ['tutorial.css', STYLE],
  ]);
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  webp: 'image/webp',
};

export function tutorial(): Plugin {
  return {
    name: 'tutorial',
    generateBundle() {
      for (const [name, source] of tutorialFiles()) {
        this.emitFile({ type: 'asset', fileName: `tutorial/${name}`, source });
      }
    },
    configureServer(server) {
      server.middlewares.use('/tutorial/', ({ url = '/' }, response, next) => {
        const name = url.split('?')[0]!.replace(/^\//, '') || 'index.html';
        const source = tutorialFiles().get(name);
        if (source === undefined) {
          next();
          return;
        }
        response.setHeader('content-type', TYPES[name.split('.').at(-1)!] ?? 'application/octet-stream');
        response.end(source);
      });
    },
  };
}
