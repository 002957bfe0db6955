import { zipSync } from 'fflate';
import { InputError } from '../../lib/errors';
import { ZIP_TIME } from '../../formats/zip';

/** The folder of published runs: they lie beside the page on a static host and open by `?run=` with their path. */

const FOLDER = 'runs';

/**
 * A folder, zipped, to be put beside a built page: the run's file and how it is opened.
 * @param name of the file, without its ending.
 */
export function publishedFolder(name: string, run: Uint8Array): Uint8Array<ArrayBuffer> {
  const path = `${FOLDER}/${name}.run.zip`;
  const readme = `A run of Search-R3 Lab, published to be read.

1. Put the folder ${FOLDER}/ beside index.html of the built lab (the folder dist/ that "npm run build" makes) on any static host.
   Or let the lab's command line make the whole folder, page and run: npm run lab -- publish ${path} --out DIR
2. Open the page with ?run= and the path of the run:

   https://YOUR-HOST/PATH/?run=${encodeURIComponent(path).replaceAll('%2F', '/')}

The page then shows the run's curves, traces, graph and evaluation. It trains nothing, keeps nothing in the reader's
browser and asks nothing of another host. Readers without WebGPU see all but the searches of the model.
`;
  return zipSync(
    { [path]: [new Uint8Array(run), { level: 0 }], 'README.txt': new TextEncoder().encode(readme) },
    { mtime: ZIP_TIME },
  );
}

/**
 * Reads a run's file from beside the page.
 * @param path relative to the page.
 * @param page its address.
 * @throws InputError for a path that leads elsewhere, or a file that cannot be read.
 */
export async function fetchPublished(path: string, page: string): Promise<Blob> {
  const url = publishedUrl(path, page);
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) {
    const why = response ? `the host answers ${response.status}` : 'the host does not answer';
    throw new InputError(`${path}: could not be read (${why}), expected a run's file beside the page`);
  }
  return response.blob();
}

/** The address of a published run. @throws InputError for anything but a file in or below the page's own folder. */
export function publishedUrl(path: string, page: string): URL {
  const home = new URL('.', page);
  let url: URL | null = null;
  try {
    url = new URL(path, home);
  } catch {
    // Said below.
  }
  if (!url || url.origin !== home.origin || !url.pathname.startsWith(home.pathname) || url.pathname === home.pathname) {
    throw new InputError(`?run=${path}: leads elsewhere, expected a file beside the page, such as runs/NAME.run.zip`);
  }
  return url;
}
