// Finds the Firefox that runs the journeys of e2e-firefox/, installs Debian's where that can be done, and says how to start it.
import { findBrowser, setupBrowser } from './browsers.mjs';
import { vulkanEnvironment } from './vulkan.mjs';

const firefox = {
  title: 'Firefox',
  purpose: 'its journeys',
  without: 'are skipped',
  debian: 'firefox-esr',
  variable: 'FIREFOX',
  names: ['firefox-esr', 'firefox'],
  places: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
};

/** Path of an installed Firefox, FIREFOX in the environment first; null where there is none. */
export const findFirefox = () => findBrowser(firefox);

/** WebGPU on Linux and on an adapter that computes on the processor, and silence towards the network. */
const firefoxPreferences = {
  'dom.webgpu.enabled': true,
  'dom.webgpu.workers.enabled': true,
  'gfx.webgpu.ignore-blocklist': true,
  'app.update.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
};

/**
 * The options with which puppeteer-core starts Firefox: headless, on the Vulkan driver that Node's tests use.
 * @throws where there is none
 */
export function firefoxLaunch() {
  const executablePath = findFirefox();
  if (executablePath === null) throw new Error('no Firefox, expected one as for the journeys');
  return {
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: firefoxPreferences,
    env: { ...process.env, ...vulkanEnvironment() },
  };
}

/** Sees to it that there is a Firefox; says in one line why it could not. Returns its path or null. */
export const setupFirefox = () => setupBrowser(firefox);
