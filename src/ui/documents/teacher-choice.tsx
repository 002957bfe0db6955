import { useEffect } from 'react';
import { withoutTeacher, withTeacher } from '../../config/teacher-session';
import { readModels, useModels } from '../../store/models';
import { usePage } from '../../store/page';
import { useSession } from '../../store/session';
import { rivals } from '../../view/benchmark';
import { Choice } from '../kit/choice';

/**
 * The choice of a teacher, whose ranking a session on a user's own documents learns: a kept small embedder, or none.
 */
export function TeacherChoice() {
  const session = useSession((state) => state.session);
  const ancestors = useSession((state) => state.ancestors);
  const replace = useSession((state) => state.replace);
  const models = useModels((state) => state.models);
  const show = usePage((state) => state.show);
  useEffect(() => void readModels(), []);
  const { teacher } = session.sft;
  const embedders = rivals(models ?? []);
  const isMissing = models !== null && teacher.sha256 !== '' && !embedders.some(({ hash }) => hash === teacher.sha256);
  const openModels = (
    <button type="button" className="link-button" onClick={() => show({ view: 'models' })}>
      Models
    </button>
  );
  if (embedders.length === 0 && teacher.sha256 === '') {
    return (
      <p className="muted">
        A small embedder, kept in {openModels}, can be its teacher: the model then learns its ranking of the documents,
        too.
      </p>
    );
  }
  const named = teacher.name || `an embedder (${teacher.sha256.slice(0, 12)})`;
  const options = [
    { value: '', label: 'none' },
    ...embedders.map(({ hash, name }) => ({ value: hash, label: name })),
    ...(isMissing ? [{ value: teacher.sha256, label: `${named}, not here` }] : []),
  ];
  const choose = (hash: string): void => {
    const chosen = embedders.find((model) => model.hash === hash);
    if (chosen) replace(withTeacher(session, { sha256: hash, name: chosen.name, from: chosen.from }), ancestors);
    else if (hash === '') replace(withoutTeacher(session), ancestors);
  };
  return (
    <div className="teacher-choice">
      <Choice
        label="Teacher"
        value={teacher.sha256}
        options={options}
        disabled={ancestors.length > 0}
        onChange={choose}
      />
      {isMissing && (
        <p>
          This session learns from {named}, which is not in this browser: add it in {openModels}. Its SHA-256 begins
          with <code>{teacher.sha256.slice(0, 12)}</code>
          {teacher.from !== '' && `, and it came from ${teacher.from}`}.
        </p>
      )}
    </div>
  );
}
