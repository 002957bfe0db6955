import { useMemo } from 'react';
import { fixedInFork } from '../../config/ancestors';
import { FIELDS } from '../../config/fields';
import { BASE_SHAPE } from '../../config/session-checks';
import { isOfBase, isOfTeacher, isRead } from '../../config/tasks';
import { usePreferences } from '../../store/preferences';
import { panelProblems, useSession } from '../../store/session';
import { groupSummary } from '../../view/session-words';
import { ChevronIcon } from '../kit/icons';
import { FieldRow } from './field-row';
import { PromptButton } from './prompt-button';
import { useChanges } from './use-changes';

interface Models {
  hasBase: boolean;
  hasTeacher: boolean;
}

/** A base has a shape of its own; without one, or a teacher, there is nothing to say of it. */
const isShown = (path: string, { hasBase, hasTeacher }: Models): boolean =>
  (hasBase ? !BASE_SHAPE.includes(path) : !isOfBase(path)) && (hasTeacher || !isOfTeacher(path));

interface FieldGroupProps {
  group: string;
  label: string;
}

/** A group that opens and closes; closed, it says what it holds and how much of it was changed or is wrong. */
export function FieldGroup({ group, label }: FieldGroupProps) {
  const session = useSession((state) => state.session);
  const drafts = useSession((state) => state.drafts);
  const task = session.task.name;
  const hasBase = session.model.base.sha256 !== '';
  const hasTeacher = session.sft.teacher.sha256 !== '';
  const fields = useMemo(
    () =>
      FIELDS.filter(
        ({ group: own, path }) =>
          own === group && path !== 'title' && isRead(path, task) && isShown(path, { hasBase, hasTeacher }),
      ),
    [group, task, hasBase, hasTeacher],
  );
  const ancestors = useSession((state) => state.ancestors);
  const problems = useMemo(() => panelProblems(session, ancestors), [session, ancestors]);
  const from = ancestors.at(-1);
  const changed = new Set(useChanges().map(({ path }) => path));
  const open = usePreferences((state) => state.openGroups.includes(group));
  const toggle = usePreferences((state) => state.toggleGroup);

  const changes = fields.filter(({ path }) => changed.has(path)).length;
  const wrong = fields.filter(({ path }) => drafts[path] || problems.some((problem) => problem.path === path)).length;
  const rows = fields.map((field) => (
    <FieldRow
      key={field.path}
      field={field}
      changed={changed.has(field.path)}
      fixed={from ? fixedInFork(from.session, from.step, field.path) : null}
      problem={problems.find(({ path }) => path === field.path)?.expected}
    />
  ));
  // What belongs to no group needs no heading.
  if (group === '') return <div className="field-group group-body top">{rows}</div>;
  const id = `group-${group}`;
  return (
    <section className="field-group">
      <h3>
        <button
          type="button"
          className="group-head"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => toggle(group)}
        >
          <ChevronIcon />
          <span className="group-label">{label}</span>
          {wrong > 0 && <span className="badge error">{wrong} to mend</span>}
          {changes > 0 && <span className="badge">{changes} changed</span>}
          {!open && wrong === 0 && changes === 0 && (
            <span className="group-summary">{groupSummary(session, group)}</span>
          )}
        </button>
      </h3>
      {open && (
        <div id={id} className="group-body">
          {group === 'prompts' && hasBase && <PromptButton />}
          {rows}
        </div>
      )}
    </section>
  );
}
