// Chooses the Vulkan driver that Dawn will use in Node: hardware first, then Mesa's lavapipe, then Chromium's SwiftShader.
// The dynamic linker reads LD_LIBRARY_PATH once, when a process starts, so whoever starts the process that uses the GPU
// (scripts/bundled.mjs, vitest's configuration) puts `vulkanEnvironment()` into its environment.
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The nearest folder above this file that holds package.json: also right where this file was bundled into `.cache/`. */
function findRoot() {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
export const repositoryRoot = findRoot();

/** The folder into which `npm run setup` unpacks a private lavapipe, with every library it needs. */
export const privateVulkan = join(repositoryRoot, '.vulkan');
export const privateIcd = join(privateVulkan, 'lvp_icd.json');

/** Debian's name for this machine's library folder. */
export const libraryTriplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch] ?? '';
export const privateLibraries = join(privateVulkan, 'root', 'usr', 'lib', libraryTriplet);

/** Dawn refuses older Mesa: its lavapipe lacks what WebGPU needs. */
const OLDEST_MESA = [23, 1];

const VENDORS = [
  { pattern: /nvidia/i, vendor: '0x10de', device: /^nvidia\d+$/ },
  { pattern: /nouveau/i, vendor: '0x10de' },
  { pattern: /radeon|amd/i, vendor: '0x1002' },
  { pattern: /intel/i, vendor: '0x8086' },
  // Graphics of systems on a chip: their render node has no PCI vendor.
  { pattern: /asahi|freedreno|panfrost|broadcom|powervr/i, vendor: 'platform' },
];

function list(folder) {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** The driver manifests that the Vulkan loader would find on this machine. */
function systemManifests() {
  const folders = ['/etc', '/usr/local/share', '/usr/local/nvidia/share', '/usr/share', '/usr/local/etc'];
  const found = folders.flatMap((folder) => {
    const icds = join(folder, 'vulkan', 'icd.d');
    return list(icds)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(icds, name));
  });
  return found.filter((path, at) => found.findIndex((other) => basename(other) === basename(path)) === at);
}

/** Vendors of the render nodes that exist, as the kernel names them; `platform` where it names none. */
function renderVendors() {
  return list('/dev/dri')
    .filter((name) => name.startsWith('renderD'))
    .map((name) => read(join('/sys/class/drm', name, 'device', 'vendor')) || 'platform');
}

function hardwareManifests(manifests) {
  const render = renderVendors();
  const devices = list('/dev');
  return manifests.filter((path) => {
    const name = basename(path);
    const vendor = VENDORS.find(({ pattern }) => pattern.test(name));
    if (vendor === undefined) return false;
    // 32-bit manifests stand beside the 64-bit ones on some distributions, and cannot be loaded here.
    if (/i[3-6]86/.test(name)) return false;
    return vendor.device ? devices.some((device) => vendor.device.test(device)) : render.includes(vendor.vendor);
  });
}

/** Absolute path of the driver a manifest names; a bare name is looked for where distributions keep their libraries. */
function driverOf(manifest) {
  let path;
  try {
    path = JSON.parse(read(manifest)).ICD.library_path;
  } catch {
    return null;
  }
  if (typeof path !== 'string') return null;
  if (isAbsolute(path)) return existsSync(path) ? path : null;
  const beside = join(dirname(manifest), path);
  const places = path.includes('/')
    ? [beside]
    : [`/usr/lib/${libraryTriplet}`, '/usr/lib64', '/usr/lib', '/usr/local/lib'].map((folder) => join(folder, path));
  return places.find((place) => existsSync(place)) ?? null;
}

/** Mesa's version as it stands in the driver itself, so that no package manager has to be asked; null if unknown. */
export function mesaVersion(driver) {
  let found;
  try {
    found = /Mesa (\d+)\.(\d+)\.\d+/.exec(readFileSync(driver, 'latin1'));
  } catch {
    return null;
  }
  return found ? [Number(found[1]), Number(found[2])] : null;
}

function recentEnough(manifest) {
  const driver = driverOf(manifest);
  if (driver === null) return false;
  // Vulkan 1.4 came with Mesa 25: this spares reading a driver of many megabytes at every start.
  const [, major, minor] = /"api_version"\s*:\s*"(\d+)\.(\d+)/.exec(read(manifest)) ?? [];
  if (Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 4)) return true;
  const mesa = mesaVersion(driver);
  return mesa !== null && (mesa[0] - OLDEST_MESA[0] || mesa[1] - OLDEST_MESA[1]) >= 0;
}

/** The manifest of the SwiftShader that an installed Chromium or Chrome brings along; null if there is none. */
function swiftshaderManifest() {
  const folders = [
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/usr/lib64/chromium-browser',
    '/opt/google/chrome',
    '/snap/chromium/current/usr/lib/chromium-browser',
  ];
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const program = join(folder, name);
      if (existsSync(program)) folders.push(dirname(realpathSync(program)));
    }
  }
  const manifests = folders.map((folder) => join(folder, 'vk_swiftshader_icd.json'));
  return manifests.find((path) => existsSync(path) && driverOf(path) !== null) ?? null;
}

function loaderInstalled() {
  return [`/usr/lib/${libraryTriplet}`, '/usr/lib64', '/usr/lib', '/usr/local/lib'].some((folder) =>
    existsSync(join(folder, 'libvulkan.so.1')),
  );
}

/** The path that the private folder has to add for another driver: the Vulkan loader, where the machine has none. */
function loaderPath() {
  return !loaderInstalled() && existsSync(join(privateLibraries, 'libvulkan.so.1'))
    ? { libraryPath: privateLibraries }
    : {};
}

/** Every way to a device on this machine, best first: `{kind, icd, libraryPath}`; several manifests are joined by `:`. */
export function vulkanCandidates() {
  if (process.platform !== 'linux') return [{ kind: 'hardware' }]; // Metal or Direct3D: no choice to make
  const manifests = systemManifests();
  const candidates = [];
  const hardware = hardwareManifests(manifests);
  if (hardware.length > 0) candidates.push({ kind: 'hardware', icd: hardware.join(delimiter), ...loaderPath() });
  if (existsSync(privateIcd) && existsSync(join(privateLibraries, 'libvulkan_lvp.so'))) {
    candidates.push({ kind: 'lavapipe', icd: privateIcd, libraryPath: privateLibraries });
  }
  const system = manifests.find((path) => /lvp/.test(basename(path)) && recentEnough(path));
  if (system !== undefined && (loaderInstalled() || loaderPath().libraryPath)) {
    candidates.push({ kind: 'lavapipe', icd: system, ...loaderPath() });
  }
  const swiftshader = swiftshaderManifest();
  if (swiftshader !== null) {
    // Chromium ships a loader too (libvulkan.so.1), for machines that have none.
    const beside = existsSync(join(dirname(swiftshader), 'libvulkan.so.1'))
      ? { libraryPath: dirname(swiftshader) }
      : {};
    candidates.push({ kind: 'swiftshader', icd: swiftshader, ...(loaderInstalled() ? {} : beside) });
  }
  return candidates;
}

function kindOf(files) {
  if (/lvp|lavapipe/.test(files)) return 'lavapipe';
  return /swiftshader/.test(files) ? 'swiftshader' : 'hardware';
}

/**
 * The driver to use: `{kind: 'hardware' | 'lavapipe' | 'swiftshader' | 'none', icd?, libraryPath?}`.
 * LAB_ADAPTER forces a kind ('none' where the machine lacks it); a driver the user set (VK_DRIVER_FILES) is respected.
 */
export function chooseVulkan(environment = process.env) {
  const forced = environment.LAB_ADAPTER;
  const set = environment.VK_DRIVER_FILES || environment.VK_ICD_FILENAMES;
  if (set && (!forced || kindOf(set) === forced)) return { kind: kindOf(set), icd: set };
  const candidates = vulkanCandidates();
  return (forced ? candidates.find(({ kind }) => kind === forced) : candidates[0]) ?? { kind: 'none' };
}

/** The variables a process needs at its start to use the driver chosen; none where there is nothing to set. */
export function vulkanEnvironment(environment = process.env) {
  const { icd, libraryPath } = chooseVulkan(environment);
  const variables = {};
  if (icd !== undefined) Object.assign(variables, { VK_DRIVER_FILES: icd, VK_ICD_FILENAMES: icd });
  if (libraryPath !== undefined) {
    const before = environment.LD_LIBRARY_PATH;
    variables.LD_LIBRARY_PATH = before ? `${libraryPath}${delimiter}${before}` : libraryPath;
  }
  // Mesa complains on stderr where there is no desktop session.
  if (process.platform === 'linux' && !environment.XDG_RUNTIME_DIR) variables.XDG_RUNTIME_DIR = tmpdir();
  return variables;
}
