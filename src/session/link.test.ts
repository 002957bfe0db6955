import { isRead } from '../config/tasks';
import { getHeapStatistics } from 'node:v8';
import fc from 'fast-check';
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { diffSession, withValue } from '../config/edit-session';
import type { Leaf, LeafValue } from '../settings/leaves';
import { PRESETS, presetSession } from '../config/presets';
import { defaultSession, type Session } from '../config/session';
import { sessionProblems } from '../config/session-checks';
import { sessionLeaves } from '../config/session-paths';
import { InputError } from '../lib/errors';
import { toBase64url } from './base64url';
import { seal } from './checksum';
import { decodeLink, encodeLink, LONGEST_FRAGMENT, type SharedSession } from './link';
import { LINK_VERSIONS } from './link-versions';

const newest = LINK_VERSIONS[LINK_VERSIONS.length - 1]!;

/** Texts of a few words: a link carries its texts, so no bound on its length can hold for long ones. */
function valueOf(leaf: Leaf, longest = 10): fc.Arbitrary<LeafValue> {
  switch (leaf.kind) {
    case 'number':
      return fc.oneof(
        fc.double({ min: leaf.min, max: leaf.max, noNaN: true }),
        fc
          .integer({ min: 0, max: 200 })
          .map((i) =>
            Math.min(
              leaf.max,
              Math.max(leaf.min, Number((leaf.min + ((leaf.max - leaf.min) * i) / 200).toPrecision(3))),
            ),
          ),
      );
    case 'integer':
      return fc.integer({ min: leaf.min, max: leaf.max });
    case 'boolean':
      return fc.boolean();
    case 'text':
      return fc.string({ maxLength: Math.min(leaf.maxLength, longest) });
    case 'option':
      return fc.constantFrom(...leaf.options);
    case 'options':
      return fc.subarray([...leaf.options], { minLength: 1 });
    case 'integers':
      return fc.array(fc.integer({ min: leaf.min, max: leaf.max }), { minLength: 1, maxLength: leaf.maxLength });
  }
}

const edited = (start: Session, edits: readonly (readonly [string, LeafValue])[]): Session =>
  edits.reduce(
    (session, [path, value]) => (isRead(path, session.task.name) ? withValue(session, path, value) : session),
    start,
  );

const edits = (count: { minLength: number; maxLength: number }, longest?: number) =>
  fc.uniqueArray(
    fc.constantFrom(...sessionLeaves).chain(({ path, leaf }) => fc.tuple(fc.constant(path), valueOf(leaf, longest))),
    { ...count, selector: ([path]) => path },
  );

const starts = fc.constantFrom(...PRESETS.map(({ name }) => presetSession(name) ?? defaultSession));

const claim = {
  fingerprint: 'c0ffee00'.repeat(8),
  metrics: { 'test/reasoning/ndcg_cut_10': 0.8714, 'test/direct/ndcg_cut_10': 0.0661 },
  adapter: 'nvidia hopper',
  marks: '0123456789abcdeffedcba9876543210',
};
const selection = { run: 'a1', step: 812, query: 'harvest mira parent', completion: 2, document: 17 };

/** A link with a body of our choosing and a right checksum. */
function sealed(body: Uint8Array, head: number): string {
  const content = Uint8Array.of(head, ...body);
  const base = newest.bases[head & 0x7f] ?? newest.bases[0]!;
  return newest.id + toBase64url(Uint8Array.of(...content, ...seal(content, base.checksum)));
}

const MOST_MS = 50;
const MOST_BYTES = 64 * 2 ** 20;
const allocated = (): number => {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
};

/** The one sentence of a refusal, and that it came at once and with little memory; `undefined` where the link was read. */
function refusal(link: string): string | undefined {
  let fastest = Infinity;
  let message: string | undefined;
  // In processor time: a busy machine may stop us at any moment. The best of three, since collecting garbage counts too.
  for (let tries = 0; tries < 3 && fastest >= MOST_MS; tries++) {
    const memory = allocated();
    const start = process.cpuUsage();
    message = attempt(link);
    const { user, system } = process.cpuUsage(start);
    fastest = Math.min(fastest, (user + system) / 1000);
    // All that was allocated, unless it was collected meanwhile: more than was ever in use at once.
    expect(allocated() - memory).toBeLessThan(MOST_BYTES);
  }
  expect(fastest).toBeLessThan(MOST_MS);
  if (message !== undefined) expect(message).toMatch(/^[^\n]{1,400}$/);
  return message;
}

const isNumber = (path: string): boolean => {
  const leaf = sessionLeaves.find((one) => one.path === path)?.leaf;
  return leaf?.kind === 'number' || leaf?.kind === 'integer';
};

const float64 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
};

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (; value >= 128n; value >>= 7n) bytes.push(Number(value & 127n) + 128);
  return [...bytes, Number(value)];
}

function attempt(link: string): string | undefined {
  try {
    decodeLink(link);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

describe('a link', () => {
  it('opens what it was made of', () => {
    fc.assert(
      fc.property(starts, edits({ minLength: 0, maxLength: 12 }, 200), (start, changes) => {
        const session = edited(start, changes);
        if (sessionProblems(session).length > 0) return;
        const link = encodeLink({ session });
        expect(link).toMatch(/^[A-Za-z0-9_.-]+$/);
        expect(encodeLink(decodeLink(link))).toBe(link);
        expect(diffSession(decodeLink(link).session, session)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('takes at most 60 characters for the default session with any three edits, and the names of later settings', () => {
    const known = new Set(newest.tables.leaves.map(({ path }) => path));
    let tried = 0;
    fc.assert(
      fc.property(edits({ minLength: 3, maxLength: 3 }), (changes) => {
        const session = edited(defaultSession, changes);
        if (sessionProblems(session).length > 0) return;
        tried++;
        // A setting that came after the version is written by its name, in six bits a character.
        const named = changes
          .filter(([path]) => !known.has(path))
          .map(([path]) => Math.ceil(((path.length + 2) * 8) / 6));
        const most = named.reduce((sum, length) => sum + length, 60);
        expect(`#${encodeLink({ session })}`.length).toBeLessThanOrEqual(most);
      }),
      { numRuns: 2000 },
    );
    expect(tried).toBeGreaterThan(500);
  });

  it.each(newest.tables.presets.map(({ name }) => name))('of preset %s is its name, version and checksum', (name) => {
    const session = presetSession(name) ?? defaultSession;
    expect(encodeLink({ session })).toMatch(new RegExp(`^3${name}\\.[\\w-]{4}$`));
  });

  it('carries selection and claim', () => {
    const shared: SharedSession = { session: defaultSession, selection, claim };
    expect(decodeLink(encodeLink(shared))).toEqual(shared);
    expect(decodeLink(encodeLink({ session: defaultSession, selection: { step: 3 } })).selection).toEqual({ step: 3 });
  });

  it('stays below the limit with every text at its longest', () => {
    const text = (length: number, shift: number) =>
      Array.from({ length }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919 + shift * 104_729) % 20_000))).join('');
    const session = edited(defaultSession, [
      ['title', text(80, 1)],
      ['task.query_instruction', text(200, 2)],
      ['task.document_instruction', text(200, 3)],
    ]);
    const metrics = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`dev/filler/metric${i}`, Math.sqrt(i)]));
    const link = encodeLink({ session, selection, claim: { ...claim, metrics, adapter: text(160, 4) } });
    expect(link.length).toBeLessThan(LONGEST_FRAGMENT);
    expect(decodeLink(link).session).toEqual(session);
  });

  it('is read as a fragment, with #, and as a URL', () => {
    const session = edited(defaultSession, [['seed', 7]]);
    const link = encodeLink({ session });
    for (const text of [link, `#${link}`, `https://lab.example/app/#${link}`, `  ${link}\n`]) {
      expect(decodeLink(text).session).toEqual(session);
    }
  });

  it('cannot be made of what no link may hold', () => {
    const wrong = { ...defaultSession, seed: -1 };
    expect(() => encodeLink({ session: wrong })).toThrow('session: seed is -1, expected a whole number');
    expect(() => encodeLink({ session: defaultSession, claim: { ...claim, fingerprint: 'x' } })).toThrow(
      'link: claim.fingerprint is "x", expected 8 to 64 hexadecimal digits',
    );
    expect(() => encodeLink({ session: defaultSession, claim: { ...claim, marks: '01234' } })).toThrow(
      'link: claim.marks is "01234", expected one to eight groups of 4 hexadecimal digits',
    );
    // The first order of sums is what a claim without a number means: it has no second spelling.
    expect(() => encodeLink({ session: defaultSession, claim: { ...claim, numerics: 1 } })).toThrow(
      'link: claim.numerics is 1, expected a whole number from 2 to 65535',
    );
    const later = { session: defaultSession, claim: { ...claim, numerics: 2 } };
    expect(decodeLink(encodeLink(later))).toEqual(later);
    expect(() => encodeLink({ session: defaultSession, selection: { step: NaN } })).toThrow(
      'link: selection.step is NaN',
    );
  });
});

describe('a broken link', () => {
  it.each([
    ['', 'link is empty'],
    ['#', 'link is empty'],
    ['https://lab.example/', 'has no fragment'],
    ['4kin.AAAA', 'link has version "4", expected one that this page knows (1, 2, 3)'],
    ['1', 'link holds 0 bytes'],
    ['1kin.AAAA', 'link has checksum "AAAA", expected "'],
    ['1.AAAA', 'link names "", expected a preset'],
    ['1toString.AAAA', 'link names "toString", expected a preset of version 1'],
    ['1kin', 'link ends in "n", expected no stray bits'],
    ['1ééé', 'link holds "\\u{e9}"'],
    [`1${'A'.repeat(9000)}`, 'link has 9001 characters, expected at most 8192'],
  ])('%s', (link, message) => {
    expect(refusal(link)).toContain(message);
  });

  it.each([
    ['an unknown place', [1, 127, 1], 'link changes setting 127, expected a place up to'],
    ['a setting by its path that has a place', [1, 121, 4, 115, 101, 101, 100, 1], 'link names seed, expected it by'],
    ['a path that is no setting', [1, 121, 1, 120, 1], 'link: "x" is no setting'],
    ['a setting twice', [2, 1, 5, 1, 6], 'link: seed is there twice'],
    ['an unknown kind', [1, 1, 250], 'link: seed starts with byte 250'],
    ['a huge number', [1, 1, 192, ...new Array<number>(8).fill(255), 1], 'expected at most 2^53 - 1'],
    ['Infinity', [1, 1, 224, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], 'link: seed is Infinity, expected a whole number'],
    ['NaN', [1, 1, 224, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], 'link: seed is NaN, expected a whole number'],
    ['a value out of bounds', [1, 5, 190], 'link: task.topics is 190, expected a whole number between 1 and 96'],
    ['a value of another kind', [1, 1, 225], 'link: seed is false, expected a whole number'],
    ['no such choice', [1, 2, 229, 9], 'link: task.name is choice 9'],
    ['a long list', [1, 1, 228, 255, 127], 'link: seed is a list of 16383, expected at most 64'],
    ['a text cut short', [1, 0, 227, 200, 1, 65], 'expected 200'],
    ['broken UTF-8', [1, 0, 227, 1, 255], 'expected UTF-8'],
    ['more changes than bytes', [255, 255, 3], 'expected 1'],
  ])('holds %s', (_, body, message) => {
    expect(refusal(sealed(Uint8Array.from(body), 0))).toContain(message);
  });

  it('starts from a session that is not there', () => {
    expect(refusal(sealed(Uint8Array.of(0), 77))).toContain('link starts from session 77');
  });

  it.each([
    ['{"__proto__":{"polluted":1}}', 'link: __proto__ is no part of a link'],
    ['{"claim":{"__proto__":{"polluted":1}}}', 'link: claim.fingerprint'],
    ['{"constructor":{}}', 'expected'],
    ['{"selection":{"step":1,"more":2}}', 'link: selection.more is no part of a link'],
    ['{"selection":{"step":1e9}}', 'link: selection.step is 1000000000, expected'],
    ['{"selection":{"step":1.0}}', 'in their one spelling'],
    ['{"selection":{"query":"a\\nb"}}', 'link: selection.query'],
    ['{"selection":[]}', 'in their one spelling'],
    ['[[[[', 'as JSON'],
    ['null', 'link is null, expected an object'],
    ['{"claim":{"fingerprint":"c0ffee00","metrics":{"__proto__":1},"adapter":"","marks":"0123"}}', 'expected'],
    [
      '{"claim":{"fingerprint":"c0ffee00","metrics":{"a":"1"},"adapter":"","marks":"0123"}}',
      'expected a finite number',
    ],
  ])('ends in %s', (tail, message) => {
    expect(refusal(sealed(Uint8Array.of(0, ...new TextEncoder().encode(tail)), 0))).toContain(message);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('is a bomb', () => {
    const bomb = deflateSync(new Uint8Array(4_000_000), { level: 9 });
    expect(bomb.length).toBeLessThan(5000);
    expect(refusal(sealed(bomb, 0x80))).toBe('link inflates beyond 16384 bytes, expected at most that many');
    expect(refusal(sealed(deflateSync(new Uint8Array(17_000)), 0x80))).toContain('inflates beyond');
    expect(refusal(sealed(Uint8Array.of(7, 7, 7), 0x80))).toContain('do not inflate');
  });

  it('is refused in one sentence, however it was broken', () => {
    const links = [
      encodeLink({ session: presetSession('kin-quick') ?? defaultSession }),
      encodeLink({
        session: edited(defaultSession, [
          ['seed', 7],
          ['sft.learning_rate', 0.00137],
          ['title', 'Mine'],
        ]),
      }),
      encodeLink({ session: defaultSession, selection, claim }),
    ];
    const letters = Array.from('ABCDEFabcdef0189-_.#%é€😀\0 {"');
    const letter = fc.constantFrom(...letters);
    const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    const damaged = (change: (link: string, at: number, text: string) => string, text: fc.Arbitrary<string>) =>
      fc
        .tuple(fc.constantFrom(...links), at, text)
        .map(([link, place, letters]) => ({ link, broken: change(link, Math.floor(place * link.length), letters) }));
    // Settings that are numbers, by their place in a link; and numbers beyond any bound, as a writer would spell them.
    const numbers = newest.tables.leaves.flatMap(({ path }, place) => (isNumber(path) ? [place] : []));
    const huge = fc.oneof(
      fc.bigInt({ min: 2n ** 45n, max: 2n ** 80n }).map((value) => [192, ...varint(value)]),
      fc.double({ min: 1e15, noNaN: true }).map((value) => [224, ...float64(value)]),
      fc.double({ max: -1e15, noNaN: true }).map((value) => [224, ...float64(value)]),
    );
    // Of a few lengths, each of a thousand bytes or less that become a million and more; with and without more behind them.
    const bombs = [2e4, 1e5, 1e6, 2e6].flatMap((length) =>
      [0, 65, 255].map((byte) => deflateSync(new Uint8Array(length).fill(byte), { level: 9 })),
    );
    const mutations = {
      flipped: damaged((link, i, text) => link.slice(0, i) + text + link.slice(i + 1), letter),
      inserted: damaged((link, i, text) => link.slice(0, i) + text + link.slice(i), letter),
      truncated: damaged((link, i) => link.slice(0, i), fc.constant('')),
      extended: damaged((link, _, text) => link + text, fc.string({ minLength: 1, maxLength: 9000 })),
      version: damaged((link, _, text) => text + link.slice(1), fc.constantFrom('0', '1', '3', '9', 'A', 'é', '')),
      number: fc
        .tuple(fc.constantFrom(...numbers), huge)
        .map(([place, value]) => ({ link: '', broken: sealed(Uint8Array.from([1, place, ...value]), 0) })),
      bomb: fc
        .tuple(fc.constantFrom(...bombs), fc.constantFrom(0x80, 0x81, 0x82), fc.uint8Array({ maxLength: 200 }))
        .map(([bomb, head, rest]) => ({ link: '', broken: sealed(Uint8Array.of(...bomb, ...rest), head) })),
    };
    const tried = new Map<string, number>();
    const read: string[] = [];
    const kinds = Object.entries(mutations).map(([kind, mutation]) => mutation.map((made) => ({ kind, ...made })));
    fc.assert(
      fc.property(fc.oneof(...kinds), ({ kind, link, broken }) => {
        // A space around it and a # before it are no damage.
        if (broken.trim() === link || (link !== '' && broken.trim().endsWith(`#${link}`))) return;
        tried.set(kind, (tried.get(kind) ?? 0) + 1);
        if (refusal(broken) === undefined) read.push(broken);
      }),
      { numRuns: 10_500 },
    );
    expect(read).toEqual([]);
    for (const kind of Object.keys(mutations)) expect(tried.get(kind), kind).toBeGreaterThan(1000);
    expect([...tried.values()].reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(10_000);
  });

  it('is a session or refused, whatever a right checksum seals', () => {
    const head = fc.constantFrom(0, 1, 2, 0x80, 0x81, 0xff);
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 60 }), (first, body) => {
        refusal(sealed(body, first));
      }),
      { numRuns: 10_000 },
    );
  });

  it('may inflate tables and nothing else, and is refused in time', () => {
    // Blocks of dynamic Huffman codes cost the most per byte: each builds two tables.
    const text = new TextEncoder().encode('abcdefghijklmnopqrstuvwxyz'.repeat(8));
    const block = deflateSync(text, { level: 9 });
    const many = Uint8Array.from(
      { length: 5900 },
      (_, i) => block[i % block.length]! & (i % block.length === 0 ? 0xfe : 0xff),
    );
    refusal(sealed(many, 0x80));
  });
});
