import { corpusName, namedCorpus } from '../config/corpus-names';
import type { SessionChange } from '../config/edit-session';
import { fieldAt, FIELD_GROUPS } from '../config/fields';
import type { Session } from '../config/session';
import { planStages, STAGE_LABELS, STAGES } from '../config/stages';
import { definitionOf, taskSize } from '../config/tasks';
import { formatValue, plural } from './format';

/** A summary of a group of settings in a few words, for when the group is closed. */
export function groupSummary(session: Session, group: string): string {
  const { task, model, prompts, sft, environment, evaluation, checkpoint } = session;
  switch (group) {
    case '':
      return `seed ${session.seed}`;
    case 'task':
      return [task.name, ...scaleOf(session)].join(', ');
    case 'model':
      return `${plural(model.num_hidden_layers, 'layer')} of ${model.hidden_size}`;
    case 'prompts': {
      const told = prompts.query !== '' || prompts.document !== '';
      return prompts.chat ? 'in the chat template' : told ? 'with instructions' : 'the texts alone';
    }
    case 'sft':
      return sft.steps > 0 ? `${plural(sft.steps, 'step')}, ${sft.mode}` : 'left out';
    case 'environment':
      return environment.policy;
    case 'evaluation':
      return evaluation.every > 0 ? `every ${plural(evaluation.every, 'step')}` : 'at the end';
    case 'checkpoint':
      return checkpoint.every > 0 ? `every ${plural(checkpoint.every, 'step')}` : 'after each stage';
  }
  const stage = STAGES.find((name) => name === group);
  if (stage === undefined) return '';
  return session[stage].steps > 0 ? plural(session[stage].steps, 'step') : 'left out';
}

/** The size of the task: `64 entities`, `4 hops`; empty for a task of one size. */
function scaleOf({ task }: Session): string[] {
  const scale = definitionOf(task.name).scale?.(task);
  return scale === undefined ? [] : [scale, plural(taskSize(task).maxDepth, 'hop')];
}

/** The name of the user's documents: `text: notes, 50 documents`. */
function ownDocuments(corpus: string): string {
  if (corpus === '') return 'text: your own documents, still to be chosen';
  const named = namedCorpus(corpus);
  return named ? `text: ${named.name}, ${plural(named.documents, 'document')}` : `text: ${corpusName(corpus)}`;
}

const MODE_WORDS: Readonly<Record<Session['sft']['mode'], string>> = {
  reasoning: 'to reason, then embed',
  direct: 'to embed at once',
  filler: 'to embed after filler words',
  both: 'to embed with reasoning and without',
};

/** What the first page says of a session; it promises only what the session's evaluations will show. */
export function sessionPromise(session: Session): { title: string; shows: string } {
  const { sft, grpo } = session;
  const found = 'how often it finds the right document';
  const reasons = { title: 'A small model learns to reason before it searches, here in your browser.', shows: `${found} with its reasoning and without it` }; // prettier-ignore
  if (sft.steps === 0 && grpo.steps === 0) {
    return { title: 'A small model learns facts, here in your browser.', shows: `at the end, ${found}` };
  }
  switch (waysOf(session)) {
    case 'direct':
      return { title: 'A small model learns to search at once, here in your browser.', shows: `${found} without any reasoning` }; // prettier-ignore
    case 'filler':
      return { title: 'A small model learns to search after filler words, here in your browser.', shows: `${found} after words that mean nothing` }; // prettier-ignore
    default:
      return reasons;
  }
}

/**
 * The ways by which a session's model comes from a query to its document: with reasoning and without, or only one of
 * them.
 */
export function waysOf({ sft: { mode }, grpo }: Session): Ways {
  return grpo.steps === 0 && (mode === 'direct' || mode === 'filler') ? mode : 'both';
}

export type Ways = 'both' | 'direct' | 'filler';

/** Lines that describe what would run. */
export function sessionLines(session: Session): { label: string; text: string }[] {
  const { task, model } = session;
  const { documents, maxDepth } = taskSize(task);
  const scale = definitionOf(task.name).scale?.(task);
  const about = scale === undefined ? '' : ` about ${scale}`;
  const stages = planStages(session).map(({ stage, steps }) => {
    const { long, kind } = STAGE_LABELS[stage];
    const how = stage === 'sft' ? `${kind} ${MODE_WORDS[session.sft.mode]}` : kind;
    return { label: long, text: `${how}, ${plural(steps, 'step')}` };
  });
  return [
    {
      label: 'Task',
      text:
        task.name === 'text'
          ? ownDocuments(task.corpus)
          : `${task.name}: ${plural(documents, 'document')}${about}, trained on queries of up to ${plural(maxDepth, 'hop')}`,
    },
    {
      label: 'Model',
      text: `${model.model_type}, ${plural(model.num_hidden_layers, 'layer')} of width ${model.hidden_size}`,
    },
    ...stages,
    { label: 'Seed', text: String(session.seed) },
  ];
}

/** The name of a setting with its group: `Stage 1: supervised, Batch`. */
export function fieldName(path: string): string {
  const field = fieldAt(path);
  if (!field) return path;
  const group = FIELD_GROUPS.find((entry) => entry.group === field.group);
  return field.group === '' || !group ? field.label : `${group.label}, ${field.label.toLowerCase()}`;
}

/** A changed setting: `Stage 1: supervised, batch: 32 → 64`. */
export const changeSentence = ({ path, from, to }: SessionChange): string =>
  `${fieldName(path)}: ${formatSetting(path, from)} → ${formatSetting(path, to)}`;

/** A setting's value for the page; documents by their name. */
export const formatSetting = (path: string, value: Parameters<typeof formatValue>[0]): string =>
  path === 'task.corpus' && typeof value === 'string' ? corpusName(value) || 'none' : formatValue(value);

/** The most characters of a title. */
const LONGEST_TITLE = 80;

/**
 * The title of a fork: `Kin, quick: entities 32 → 48; seed 1 → 2`; it ends in the number of further changes, where
 * there is no room for all.
 */
export function forkTitle(name: string, changes: readonly SessionChange[]): string {
  const each = changes.map(
    ({ path, from, to }) => `${shortName(path)} ${formatSetting(path, from)} → ${formatSetting(path, to)}`,
  );
  for (let shown = each.length; shown > 0; shown--) {
    const more = each.length - shown;
    const title = `${name}: ${each.slice(0, shown).join('; ')}${more > 0 ? `; ${more} more` : ''}`;
    if (title.length <= LONGEST_TITLE) return title;
  }
  const end = `: ${each.length} changed`;
  return `${name.slice(0, LONGEST_TITLE - end.length)}${end}`;
}

/** The short name of a setting: `stage 1 batch`, `entities`. */
function shortName(path: string): string {
  const field = fieldAt(path);
  if (!field) return path;
  const label = field.label.toLowerCase();
  if (['', 'task', 'model'].includes(field.group)) return label;
  const group = FIELD_GROUPS.find((entry) => entry.group === field.group)?.label ?? field.group;
  return `${(group.split(':')[0] ?? group).toLowerCase()} ${label}`;
}
