import { expect, test } from 'vitest';
import { renderDocument, tutorialFiles } from '../scripts/tutorial-plugin';

test('every link and picture of the tutorial leads to something that lies beside it', () => {
  const files = tutorialFiles();
  const page = String(files.get('index.html'));
  const places = Array.from(page.matchAll(/(?:href|src)="\.\/([^"#]+)"/g), ([, place]) => place!);
  expect(places.filter((place) => place.endsWith('.html')).length).toBeGreaterThan(1);
  expect(places.filter((place) => place.startsWith('pictures/')).length).toBeGreaterThan(2);
  for (const place of places) expect([...files.keys()]).toContain(place);
  expect(page).not.toContain('](');
});

test('pictures are light, and each is shown', () => {
  const pictures = [...tutorialFiles()].filter(([name]) => name.startsWith('pictures/'));
  const page = String(tutorialFiles().get('index.html'));
  expect(pictures.reduce((sum, [, { length }]) => sum + length, 0)).toBeLessThan(400_000);
  for (const [name] of pictures) expect(page).toContain(`./${name}`);
});

test('a link to what is not rendered keeps its words, and text stays text', () => {
  const html = renderDocument(
    '# A\n\n[gone](other.md) [kept](b.md#part) `<script>` ![what "it" shows](pictures/a.png)',
    ['b.md'],
  );
  expect(html).toContain('<p>gone <a href="./b.html">kept</a> <code>&lt;script&gt;</code>');
  expect(html).toContain('alt="what &quot;it&quot; shows"');
});
