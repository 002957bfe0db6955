import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/errors';
import { publishedFolder, publishedUrl } from './published';

const page = 'https://host.example/some/lab/index.html';

describe('a published run', () => {
  it('is a file beside the page, and nothing else is read', () => {
    expect(publishedUrl('runs/a.run.zip', page).href).toBe('https://host.example/some/lab/runs/a.run.zip');
    expect(publishedUrl('./runs/ä b.run.zip', page).pathname).toBe('/some/lab/runs/%C3%A4%20b.run.zip');
    for (const path of [
      'https://elsewhere.example/a.zip',
      '//elsewhere.example/a.zip',
      '../secret.zip',
      '/a.zip',
      'runs/../../a.zip',
      'data:application/zip,x',
      '',
      'http://host.example/some/lab/a.zip',
    ]) {
      expect(() => publishedUrl(path, page), path).toThrow(InputError);
    }
  });

  it('is published as a folder with its file and how to open it', () => {
    const files = unzipSync(publishedFolder('My run', Uint8Array.of(1, 2, 3)));
    expect([...files['runs/My run.run.zip']!]).toEqual([1, 2, 3]);
    expect(new TextDecoder().decode(files['README.txt'])).toContain('?run=runs/My%20run.run.zip');
  });
});
