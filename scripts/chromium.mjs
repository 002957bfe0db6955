// Finds the Chromium that runs the browser tests, and installs Debian's where that can be done.
import { findBrowser, setupBrowser } from './browsers.mjs';

const chromium = {
  title: 'Chromium',
  purpose: 'the browser tests',
  without: '',
  debian: 'chromium',
  variable: 'CHROMIUM',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  places: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
};

/** Path of an installed Chromium or Chrome, CHROMIUM in the environment first; null where there is none. */
export const findChromium = () => findBrowser(chromium);

/** The same; @throws where there is none. */
export function requireChromium() {
  const path = findChromium();
  if (path === null) throw new Error('no Chromium, expected one as for the journeys');
  return path;
}

/** WebGPU in a browser without graphics hardware, and silence towards the network. */
export const chromiumFlags = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Sees to it that there is a Chromium; says in one line why it could not. Returns its path or null. */
export const setupChromium = () => setupBrowser(chromium);
