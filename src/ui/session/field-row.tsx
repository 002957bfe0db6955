import { memo, useEffect, useRef, useState } from 'react';
import type { Field } from '../../config/fields';
import type { Session } from '../../config/session';
import { isLeafValue, valueAt } from '../../config/session-paths';
import { usePage } from '../../store/page';
import { sessionStart, useSession } from '../../store/session';
import { formatValue } from '../../view/format';
import { formatSetting } from '../../view/session-words';
import { IconButton } from '../kit/icon-button';
import { ResetIcon } from '../kit/icons';
import { FieldInput } from './field-control';

interface FieldRowProps {
  field: Field;
  changed: boolean;
  /** The value that a combination of settings requires here instead. */
  problem: string | undefined;
  /** Why it cannot be changed in a fork; null where it can. */
  fixed: string | null;
}

/** A row of the session panel: one setting with its control, its explanation and its problem. */
export const FieldRow = memo(function FieldRow({ field, changed, problem, fixed }: FieldRowProps) {
  const { path, label, unit } = field;
  const shownValue = useSession((state) => (fixed === null ? '' : formatOf(state.session, path)));
  const draft = useSession((state) => state.drafts[path]);
  const reset = useSession((state) => state.reset);
  const preset = useSession((state) => state.preset);
  const ancestors = useSession((state) => state.ancestors);
  const wanted = usePage((state) => state.wantedField === path);
  const show = usePage((state) => state.show);
  const [explained, setExplained] = useState(false);
  const row = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!wanted) return;
    row.current?.scrollIntoView({ block: 'center' });
    row.current?.querySelector<HTMLElement>('input, select')?.focus();
    show({ wantedField: null });
  }, [wanted, show]);

  const error = draft?.error ?? (problem && `Expected ${problem}.`);
  const input = `field-${path}`;
  return (
    <div ref={row} className={`field-row${changed ? ' is-changed' : ''}`}>
      <span className="field-name">
        <button
          type="button"
          className="field-label"
          aria-expanded={explained}
          aria-label={`${label}: what it means`}
          title={field.meaning}
          onClick={() => setExplained(!explained)}
        >
          {label}
        </button>
        {changed && (
          <IconButton
            label={`Reset ${label} to ${formatOf(sessionStart({ preset, ancestors }), path)}`}
            className="field-reset"
            onClick={() => reset(path)}
          >
            <ResetIcon />
          </IconButton>
        )}
      </span>
      {fixed === null ? (
        <FieldInput field={field} id={input} error={error !== undefined} />
      ) : (
        // A setting that was changed all the same, as in a link, can still be reset.
        <span className="field-fixed" title={`Fixed in this fork: expected ${fixed}`}>
          {shownValue} {unit}
        </span>
      )}
      {fixed === null && <span className="field-unit">{unit}</span>}
      {error !== undefined && (
        <p className="field-error" id={`${input}-error`} role="alert">
          {error}
        </p>
      )}
      {explained && <Explanation field={field} />}
    </div>
  );
});

function Explanation({ field }: { field: Field }) {
  const { meaning, source, path, control, initial } = field;
  const bounds =
    control.kind === 'number' || control.kind === 'integer' || control.kind === 'integers'
      ? ` From ${control.min} to ${control.max.toLocaleString('en')}.`
      : '';
  const sources: Record<Field['source'], string> = {
    paper: 'the paper',
    TRL: 'TRL',
    'Hugging Face': 'Hugging Face',
    prototype: 'our prototype’s measurements',
    measured: 'our measurements',
    choice: 'a choice that has not been measured',
  };
  return (
    <p className="field-note">
      {meaning}
      {bounds} Default {formatValue(initial)}, from {sources[source]}. <code>{path}</code>
    </p>
  );
}

function formatOf(session: Session, path: string): string {
  const value = valueAt(session, path);
  return isLeafValue(value) ? formatSetting(path, value) : '';
}
