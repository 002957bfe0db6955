import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { diffSession, setPath, withValue } from '../config/edit-session';
import { parseSession, parseShape } from '../config/parse-session';
import { presetSession } from '../config/presets';
import { defaultSession } from '../config/session';
import { nest, sessionLeaves } from '../config/session-paths';
import { followingTask, isRead, TASKS } from '../config/tasks';
import { decodeLink, encodeLink } from './link';
import { currentTables } from './link-tables';
import { baseSession, LINK_VERSIONS } from './link-versions';
import { sessionHash } from './session-hash';
import firstLinks from './versions/v1.links.json';
import secondLinks from './versions/v2.links.json';
import frozen from './versions/v3.json';
import links from './versions/v3.links.json';

const pretty = (value: unknown) => format(JSON.stringify(value), { parser: 'json', printWidth: 120 });

/** What links of the newest version refer to stays as it is: a change of it would open them with other settings. */
describe('version 3', () => {
  it('knows settings as they are today, those aside that came after it', () => {
    const today = currentTables();
    const known = new Set(frozen.leaves.map(({ path }) => path));
    const leaves = today.leaves.filter(({ path }) => known.has(path));
    expect(leaves.map(({ path, initial }) => ({ path, initial }))).toEqual(
      frozen.leaves.map(({ path, initial }) => ({ path, initial })),
    );
    for (const [i, { options }] of frozen.leaves.entries()) {
      expect(leaves[i]!.options?.slice(0, options?.length)).toEqual(options);
    }
    for (const preset of frozen.presets) expect(today.presets).toContainEqual(preset);
    expect(today.dictionary.length).toBeGreaterThanOrEqual(frozen.dictionary.length);
  });

  it('writes the links of its fixture', async () => {
    const edited = (...assignments: string[]) => assignments.reduce((s, text) => setPath(s, text), defaultSession);
    const claim = {
      fingerprint: '0123456789abcdef'.repeat(4),
      metrics: { 'test/reasoning/ndcg_cut_10': 0.8714 },
      adapter: 'nvidia hopper',
      marks: '0123456789abcdef',
    };
    const shared = {
      preset: { session: presetSession('kin-quick') ?? defaultSession },
      default: { session: defaultSession },
      'three edits': { session: edited('seed=7', 'sft.learning_rate=0.0015', 'environment.policy=full') },
      texts: { session: edited('title=Größe 🌱', 'task.query_instruction=think then embed') },
      adapter: {
        session: edited(
          'task.name=text',
          `model.base.sha256=${'ab'.repeat(32)}`,
          'model.base.name=SmolLM2-135M-Instruct',
          'pretrain.steps=0',
          'model.adapter.rank=16',
          'model.adapter.targets=q_proj,v_proj',
          'model.dtype=stored',
          'prompts.query=Think, then embed:\n{text}',
          'prompts.chat=true',
        ),
      },
      list: { session: edited('task.max_depth=2', 'grpo.depth_weights=1,2') },
      'selection and claim': { session: defaultSession, selection: { step: 812, query: 'a b' }, claim },
    };
    const links = Object.entries(shared).map(([name, content]) => {
      const link = encodeLink(content);
      const { session, ...extras } = decodeLink(link);
      return { name, link, settings: diffSession(defaultSession, session).map(({ path, to }) => [path, to]), extras };
    });
    await expect(await pretty(links)).toMatchFileSnapshot('versions/v3.links.json');
  });
});

describe.each([
  ['1', firstLinks],
  ['2', secondLinks],
  ['3', links],
])('version %s', (id, fixture) => {
  it.each(fixture.map((entry) => [entry.name, entry] as const))('opens its fixture: %s', (_, entry) => {
    expect(entry.link[0]).toBe(id);
    const { session, ...found } = decodeLink(entry.link);
    expect(found).toEqual(entry.extras);
    expect(diffSession(defaultSession, session).map(({ path, to }) => [path, to])).toEqual(entry.settings);
    expect(decodeLink(encodeLink({ session, ...found }))).toEqual({ session, ...found });
  });
});

describe('every version', () => {
  it.each(LINK_VERSIONS.map((version) => [version.id, version] as const))(
    '%s opens each of its bases',
    (_, version) => {
      for (const base of version.bases) parseSession(version.migrate(baseSession(base, [])), 'link');
    },
  );

  it('has an id of its own, one character that a fragment may hold', () => {
    expect(LINK_VERSIONS.map(({ id }) => id).join('')).toMatch(/^\w+$/);
    expect(new Set(LINK_VERSIONS.map(({ id }) => id)).size).toBe(LINK_VERSIONS.length);
  });

  it('a setting that came after the newest one is written by its name, and changes no run’s hash at its default', () => {
    const newest = new Set(LINK_VERSIONS.at(-1)!.tables.leaves.map(({ path }) => path));
    const later = sessionLeaves.filter(({ path }) => !newest.has(path));
    for (const { path, leaf } of later) {
      expect(['number', 'integer', 'boolean', 'text', 'option', 'integers']).toContain(leaf.kind);
      const task = TASKS.find((name) => isRead(path, name))!;
      const session = parseShape(nest([['task.name', task], ...followingTask(task)]));
      expect(sessionHash(withValue(session, path, leaf.initial))).toBe(sessionHash(session));
    }
  });
});
