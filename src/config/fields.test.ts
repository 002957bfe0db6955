import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { FIELD_GROUPS, FIELDS } from './fields';
import { parseShape } from './parse-session';
import { writtenSchema } from './session';
import { nest, sessionKeys, sessionLeaves, valueAt } from './session-paths';
import { isRead, TASKS } from './tasks';

/** Whether a task that reads the setting takes the value. */
const accepts = (path: string, value: unknown): boolean => {
  const task = TASKS.find((name) => isRead(path, name)) ?? '';
  try {
    parseShape(
      nest([
        ['task.name', task],
        [path, value],
      ]),
    );
    return true;
  } catch {
    return false;
  }
};

/** Leaf paths found by walking the default session as it is written, not the schema's registry. */
const walk = (members: object, prefix = ''): string[] =>
  Object.entries(members).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'format') return [];
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isGroup ? walk(value, `${prefix}${key}.`) : [prefix + key];
  });
const written = v.parse(writtenSchema, {});
const walked = walk(written);

describe('fields', () => {
  it('has one entry for each leaf of the schema, and no other', () => {
    expect(FIELDS.map((field) => field.path)).toEqual(walked);
    expect(sessionLeaves.filter(({ note }) => note).map(({ path }) => path)).toEqual(walked);
    expect(sessionLeaves.map((entry) => entry.path)).toEqual(walked);
  });

  it('names every group of the schema', () => {
    expect(FIELD_GROUPS.map(({ group }) => group)).toEqual(
      [...sessionKeys.keys()].filter((path) => !path.includes('.')),
    );
  });

  it.each(FIELDS.map((field) => [field.path, field] as const))('%s agrees with the schema', (path, field) => {
    expect(field.initial).toEqual(valueAt(written, path));
    expect(accepts(path, field.initial)).toBe(true);
    const { control } = field;
    switch (control.kind) {
      case 'number':
      case 'integer': {
        expect(accepts(path, control.min)).toBe(true);
        expect(accepts(path, control.max)).toBe(true);
        const margin = control.kind === 'integer' ? 1 : 1e-9 * Math.max(1, Math.abs(control.max));
        expect(accepts(path, control.min - margin)).toBe(false);
        expect(accepts(path, control.max + margin)).toBe(false);
        expect(accepts(path, (Math.floor(control.min) + control.max) / 2 + (control.max > 1 ? 0.1 : 0))).toBe(
          control.kind === 'number',
        );
        expect(control.step).toBeGreaterThan(0);
        expect(control.geometric ? control.step : 2).toBeGreaterThan(1);
        break;
      }
      case 'boolean':
        expect([accepts(path, true), accepts(path, false), accepts(path, 1)]).toEqual([true, true, false]);
        break;
      case 'text':
        expect(accepts(path, 'x'.repeat(control.maxLength))).toBe(true);
        expect(accepts(path, 'x'.repeat(control.maxLength + 1))).toBe(false);
        break;
      case 'option':
        expect(control.options.every((name) => accepts(path, name))).toBe(true);
        expect(accepts(path, 'no such option')).toBe(false);
        break;
      case 'options': {
        const { options } = control;
        expect([options, options.slice(1)].map((names) => accepts(path, names))).toEqual([true, true]);
        const wrong = [[], ['no such option'], [options[0], options[0]], [...options].reverse(), options.join(',')];
        expect(wrong.some((names) => accepts(path, names))).toBe(false);
        break;
      }
      case 'integers':
        expect(
          accepts(
            path,
            Array.from({ length: control.maxLength }, () => control.max),
          ),
        ).toBe(true);
        expect(
          accepts(
            path,
            Array.from({ length: control.maxLength + 1 }, () => control.max),
          ),
        ).toBe(false);
        expect([accepts(path, []), accepts(path, [control.max + 1]), accepts(path, [0.5])]).toEqual([
          false,
          false,
          false,
        ]);
    }
  });

  it('says something short about each', () => {
    for (const { label, meaning } of FIELDS) {
      expect(label).toMatch(/^\S.{1,27}$/u);
      expect(meaning).toMatch(/^[^\s].{10,118}\.$/u);
    }
  });
});
