import { expect, test } from 'vitest';
import { policyOf, policyTag } from '../scripts/content-policy.ts';
import { renderDocument } from '../scripts/tutorial-plugin.ts';

const directives = (policy: string): Map<string, string> =>
  new Map(policy.split('; ').map((directive) => [directive.split(' ')[0]!, directive.split(' ').slice(1).join(' ')]));

test('a page reaches its own origin alone, and nothing inline or evaluated is allowed', () => {
  const policy = policyOf();
  expect(directives(policy).get('default-src')).toBe("'none'");
  expect(directives(policy).get('connect-src')).toBe("'self'");
  expect(directives(policy).get('worker-src')).toBe('blob:');
  expect(policy).not.toMatch(/unsafe|data:|\*|https?:/);
});

test('a page of its own may name hosts to fetch from, and is given nothing else', () => {
  const hub = directives(policyOf({ connect: ['https://models.example.org', 'https://*.example.net'] }));
  expect(hub.get('connect-src')).toBe("'self' https://models.example.org https://*.example.net");
  hub.set('connect-src', "'self'");
  expect(hub).toEqual(directives(policyOf()));
});

test.each([
  'http://example.org',
  'https://example.org/path',
  '*',
  "https://a.org; script-src 'unsafe-inline'",
  'https:',
  'http://127.0.0.1.example.org:80',
])('what is no https origin is refused: %s', (origin) => {
  expect(() => policyOf({ connect: [origin] })).toThrow(`found ${origin}`);
});

test('the tutorial carries the policy before all else, and no style of its own', () => {
  const page = renderDocument('# A title', []);
  expect(page.indexOf(policyTag(policyOf()))).toBe(page.indexOf('<head>\n') + '<head>\n'.length);
  expect(page).not.toMatch(/<style|<script| style=/);
});
