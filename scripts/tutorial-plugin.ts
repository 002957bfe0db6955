// Renders docs/tutorial.md as a page beside the built one, `tutorial/`, so that Help can open it without a network.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { policyOf, policyTag } from './content-policy.ts';
import { repositoryRoot } from './vulkan.mjs';

const SOURCE = join(repositoryRoot, 'docs', 'tutorial.md');

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

const STYLE = `body { max-width: 68ch; margin: 0 auto; padding: 24px 20px 48px; font: 16px / 1.55 system-ui, sans-serif; }
h1, h2 { line-height: 1.25; text-wrap: balance; }
h2 { margin-top: 1.8em; }
`;

/** Bold, emphasis and code; links lead to files of the repository, which are not beside the page, so their words stay. */
const inline = (text: string): string =>
  escaped(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/(^|[\s(])_([^_]+)_/g, '$1<em>$2</em>');

/** The part of Markdown that the tutorial is written in: headings, paragraphs and lists, a blank line between them. */
export function renderTutorial(markdown: string): string {
  const blocks = markdown.trim().split(/\n{2,}/);
  const body = blocks.map((block) => {
    const heading = /^(#+) (.*)$/.exec(block);
    if (heading) return `<h${heading[1]!.length}>${inline(heading[2]!)}</h${heading[1]!.length}>`;
    if (block.startsWith('- ')) {
      return `<ul>${block.split('\n').map((line) => `<li>${inline(line.slice(2))}</li>`).join('')}</ul>`; // prettier-ignore
    }
    return `<p>${inline(block)}</p>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
${policyTag(policyOf())}
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>Tutorial · Search-R3 Lab</title>
<link rel="icon" href="../icon.svg" type="image/svg+xml" />
<link rel="stylesheet" href="./tutorial.css" />
</head>
<body>
<main>
${body.join('\n')}
<p><a href="../">To the lab</a></p>
</main>
</body>
</html>
`;
}

export function tutorial(): Plugin {
  const page = (): string => renderTutorial(readFileSync(SOURCE, 'utf8'));
  return {
    name: 'tutorial',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'tutorial/index.html', source: page() });
      this.emitFile({ type: 'asset', fileName: 'tutorial/tutorial.css', source: STYLE });
    },
    configureServer(server) {
      server.middlewares.use('/tutorial/', ({ url = '' }, response) => {
        const isStyle = url.endsWith('.css');
        response.setHeader('content-type', `text/${isStyle ? 'css' : 'html'}; charset=utf-8`);
        response.end(isStyle ? STYLE : page());
      });
    },
  };
}
