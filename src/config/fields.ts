import type { DefaultSource } from '../settings/field-note';
import type { LeafValue } from '../settings/leaves';
import { sessionLeaves } from './session-paths';
import { STAGE_LABELS, STAGES } from './stages';

/** A setting as the panel shows it. Bounds and default come from the schema, so they cannot disagree with it. */
export interface Field {
  path: string;
  /** `''`, `task`, `model`, … */
  group: string;
  label: string;
  /** The unit of the value; empty for a plain number, a choice or a text. */
  unit: string;
  meaning: string;
  /** The source of the default. */
  source: DefaultSource;
  control: FieldControl;
  initial: LeafValue;
}

export type FieldControl =
  /** `step` is what an arrow key adds; a geometric field is multiplied by it instead. */
  | { kind: 'number' | 'integer'; min: number; max: number; step: number; geometric: boolean }
  | { kind: 'boolean' }
  /** `lines`: of any number of lines. */
  | { kind: 'text'; maxLength: number; lines: boolean }
  | { kind: 'option'; options: readonly string[] }
  | { kind: 'integers'; min: number; max: number; maxLength: number }
  | { kind: 'options'; options: readonly string[] };

/** The panel's groups, in order; the first holds the settings at the top. */
export const FIELD_GROUPS: readonly { group: string; label: string }[] = [
  { group: '', label: 'Session' },
  { group: 'task', label: 'Task' },
  { group: 'model', label: 'Model' },
  { group: 'prompts', label: 'Prompts' },
  ...STAGES.map((stage) => ({ group: stage, label: STAGE_LABELS[stage].short })),
  { group: 'environment', label: 'Environment' },
  { group: 'evaluation', label: 'Evaluation' },
  { group: 'checkpoint', label: 'Checkpoints' },
];

/** Every setting, in schema order. */
export const FIELDS: readonly Field[] = sessionLeaves.map(({ path, group, leaf, note }) => {
  if (!note) throw new Error(`${path} has no note: see noted()`);
  const { label, meaning, source, unit = '' } = note;
  const common = { path, group, label, unit, meaning, source, initial: leaf.initial };
  switch (leaf.kind) {
    case 'number':
    case 'integer': {
      const geometric = note.geometric ?? false;
      const step = note.step ?? (geometric ? 2 : leaf.kind === 'integer' ? 1 : 0.05);
      return { ...common, control: { kind: leaf.kind, min: leaf.min, max: leaf.max, step, geometric } };
    }
    case 'boolean':
      return { ...common, control: { kind: 'boolean' } };
    case 'text':
      return { ...common, control: { kind: 'text', maxLength: leaf.maxLength, lines: leaf.lines ?? false } };
    case 'option':
      return { ...common, control: { kind: 'option', options: leaf.options } };
    case 'options':
      return { ...common, control: { kind: 'options', options: leaf.options } };
    case 'integers':
      return { ...common, control: { kind: 'integers', min: leaf.min, max: leaf.max, maxLength: leaf.maxLength } };
  }
});

const byPath = new Map(FIELDS.map((field) => [field.path, field]));

export const fieldAt = (path: string): Field | undefined => byPath.get(path);
