// Unpacks a recent Mesa lavapipe (a Vulkan driver that runs on the CPU) into the private folder `.vulkan/`, with every
// library it needs, on Debian and its kin. Needs no root and changes nothing of the system: apt works on a state of its
// own. The mirror is the one in the machine's own apt sources.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  chooseVulkan,
  libraryTriplet,
  mesaVersion,
  privateIcd,
  privateLibraries,
  privateVulkan,
  vulkanCandidates,
} from './vulkan.mjs';

const stamp = join(privateVulkan, 'stamp.json');
/** Version of the unpacked folder: raise it when its contents change, so that older folders are made again. */
const LAYOUT = 1;
/** The machine's own C library stays in use: two of them in one process do not work. */
const SYSTEM = /^(libc6|libc-bin|libcrypt1|gcc-\d+-base|libgcc-s1|libstdc\+\+6|debconf|tzdata|dpkg|perl-base|tar)$/;

class CannotFetch extends Error {}

function command(program, args, options = {}) {
  const result = spawnSync(program, args, { encoding: 'utf8', timeout: 600_000, ...options });
  if (result.error || result.status !== 0) {
    const output = `${result.stderr ?? ''}\n${result.stdout ?? ''}`.split('\n').map((line) => line.trim());
    // The answer names a mirror as the machine knows it; the reason alone is of use here.
    const said = output.find((line) => /^(E:|dpkg|Err)/.test(line)) ?? result.error?.message ?? 'it failed';
    throw new CannotFetch(`${program} ${args.find((arg) => /^[a-z]/.test(arg)) ?? ''}: ${said}`);
  }
  return result.stdout;
}

function osRelease() {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return Object.fromEntries([...text.matchAll(/^(\w+)="?(.*?)"?$/gm)].map(([, key, value]) => [key, value]));
}

/** The machine's package sources, from both of apt's notations: `{uri, suites, signedBy}`. */
function parseSources(name, text) {
  if (name.endsWith('.sources')) {
    return text
      .replace(/^#.*\n/gm, '')
      .split(/\n\s*\n/)
      .map((stanza) =>
        Object.fromEntries([...stanza.matchAll(/^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)/gm)].map((m) => [m[1], m[2]])),
      )
      .filter((field) => field.Types?.split(/\s+/).includes('deb') && field.URIs && field.Enabled !== 'no')
      .map((field) => ({
        uri: field.URIs.trim().split(/\s+/)[0],
        suites: (field.Suites ?? '').trim().split(/\s+/),
        // A key may stand in the stanza itself, over several lines: then the system's keyring has to do.
        signedBy: field['Signed-By']?.trim().startsWith('/') ? field['Signed-By'].trim() : undefined,
      }));
  }
  return [...text.matchAll(/^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/gm)].map(([, options, uri, suite]) => ({
    uri,
    suites: [suite],
    signedBy: /signed-by=(\S+)/i.exec(options ?? '')?.[1],
  }));
}

function machineSources() {
  const folder = '/etc/apt/sources.list.d';
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(list|sources)$/.test(name)) : [];
  const files = ['/etc/apt/sources.list', ...names.sort().map((name) => join(folder, name))];
  return files
    .filter((path) => existsSync(path))
    .flatMap((path) => parseSources(basename(path), readFileSync(path, 'utf8')));
}

/** The lines of a private sources.list: the machine's mirror, with the suites that carry a recent Mesa. */
function privateSources() {
  const { VERSION_CODENAME: codename, ID: system } = osRelease();
  if (!codename) throw new CannotFetch('the release of this system has no code name');
  const source = machineSources().find(({ suites }) => suites.includes(codename));
  if (!source) throw new CannotFetch(`apt's sources name no mirror for ${codename}`);
  const keyring = [
    source.signedBy,
    '/usr/share/keyrings/debian-archive-keyring.gpg',
    '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
  ].find((path) => path !== undefined && existsSync(path));
  const options = keyring ? `[signed-by=${keyring}] ` : '';
  // Debian 12's own Mesa is too old for Dawn; Ubuntu and later Debians carry a newer one in their updates.
  const extra = system === 'debian' ? `${codename}-backports` : `${codename}-updates`;
  return { lines: [codename, extra].map((suite) => `deb ${options}${source.uri} ${suite} main`), target: extra };
}

function aptOptions(work) {
  const paths = {
    'Dir::State': join(work, 'state'),
    'Dir::State::Lists': join(work, 'lists'),
    // An empty list of installed packages makes apt name every dependency, so the folder stands on its own.
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::Etc::SourceList': join(work, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'APT::Get::List-Cleanup': '0',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  return Object.entries(paths).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}

function fetchPackages(work) {
  for (const folder of ['lists/partial', 'cache/archives/partial', 'state', 'debs']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  const { lines, target } = privateSources();
  writeFileSync(join(work, 'sources.list'), `${lines.join('\n')}\n`);
  writeFileSync(join(work, 'status'), '');
  const options = aptOptions(work);
  command('apt-get', [...options, 'update', '-qq', '-o', 'APT::Update::Error-Mode=any']);
  const wanted = ['-t', target, '--no-install-recommends', 'mesa-vulkan-drivers', 'libvulkan1'];
  const plan = command('apt-get', [...options, 'install', '-s', '-y', ...wanted]);
  const packages = [...plan.matchAll(/^Inst (\S+) \((\S+)/gm)]
    .map(([, name, version]) => ({ name: name.split(':')[0], version }))
    .filter(({ name }) => !SYSTEM.test(name));
  command('apt-get', [...options, 'download', '-qq', ...packages.map(({ name, version }) => `${name}=${version}`)], {
    cwd: join(work, 'debs'),
  });
  return packages;
}

/** Libraries that the unpacked driver needs and does not find, and those it takes from the private folder. */
function resolveDriver() {
  const text = command('ldd', [join(privateLibraries, 'libvulkan_lvp.so')], {
    env: { ...process.env, LD_LIBRARY_PATH: privateLibraries },
  });
  const lines = text.split('\n').map((line) => line.trim());
  return {
    missing: lines.filter((line) => line.includes('not found')).map((line) => line.split(' ')[0]),
    own: lines.filter((line) => line.includes(`=> ${privateVulkan}`)).map((line) => line.split(' ')[0]),
  };
}

function unpack() {
  const work = join(privateVulkan, 'apt');
  rmSync(privateVulkan, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const packages = fetchPackages(work);
  const root = join(privateVulkan, 'root');
  for (const name of readdirSync(join(work, 'debs'))) command('dpkg-deb', ['-x', join(work, 'debs', name), root]);
  // Some packages put their libraries into /lib, which is /usr/lib on every system of today.
  const old = join(root, 'lib', libraryTriplet);
  if (existsSync(old)) command('cp', ['-an', `${old}/.`, privateLibraries]);
  rmSync(work, { recursive: true, force: true });
  rmSync(join(root, 'usr', 'share'), { recursive: true, force: true });

  const driver = join(privateLibraries, 'libvulkan_lvp.so');
  if (!existsSync(driver)) throw new CannotFetch('the packages hold no lavapipe');
  const { missing } = resolveDriver();
  if (missing.length > 0) throw new CannotFetch(`lavapipe misses ${missing.join(', ')}`);
  const library = `./root/usr/lib/${libraryTriplet}/libvulkan_lvp.so`; // relative: the checkout may move
  const icd = { file_format_version: '1.0.0', ICD: { api_version: '1.4.0', library_path: library } };
  writeFileSync(privateIcd, `${JSON.stringify(icd, null, 2)}\n`);
  const versions = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
  writeFileSync(stamp, `${JSON.stringify({ layout: LAYOUT, packages: versions }, null, 2)}\n`);
  return (mesaVersion(driver) ?? ['?']).join('.');
}

function unpacked() {
  try {
    return JSON.parse(readFileSync(stamp, 'utf8')).layout === LAYOUT;
  } catch {
    return false;
  }
}

/**
 * Sees to it that there is a driver for Dawn in Node; says in one line what it did or why it could not. Never throws.
 * `force` unpacks the private driver even where the system has one that will do.
 */
export function setupLavapipe({ force = false } = {}) {
  if (process.platform !== 'linux' || libraryTriplet === '' || unpacked()) return;
  const kinds = vulkanCandidates().map(({ kind }) => kind);
  if (!force && (kinds.includes('hardware') || kinds.includes('lavapipe'))) return;
  const say = (text) => process.stderr.write(`setup: ${text}\n`);
  const programs = ['apt-get', 'dpkg-deb', 'ldd'];
  const absent = programs.find((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error);
  let reason = absent && `${absent} is missing`;
  if (!reason) {
    say('fetching a software Vulkan driver (Mesa lavapipe) into .vulkan/, once; about 70 MB');
    try {
      say(`Mesa ${unpack()} lavapipe is ready`);
      return;
    } catch (error) {
      rmSync(privateVulkan, { recursive: true, force: true });
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  const instead = { none: 'Dawn has no adapter in Node', swiftshader: "Chromium's SwiftShader is used instead" };
  say(`warning: no lavapipe: ${reason}; ${instead[chooseVulkan().kind] ?? 'another driver is used instead'}`);
}
