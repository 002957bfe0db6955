import { useState, type ComponentProps, type KeyboardEvent } from 'react';
import { corpusName } from '../../config/corpus-names';
import type { Field } from '../../config/fields';
import { valueAt } from '../../config/session-paths';
import { usePage } from '../../store/page';
import { useSession } from '../../store/session';
import { stepped } from '../../view/stepped';

interface FieldControlProps {
  field: Field;
  id: string;
  error: boolean;
}

/** The input of one setting. */
export function FieldInput({ field, id, error }: FieldControlProps) {
  const { path, label, unit, control } = field;
  const value = useSession((state) => valueAt(state.session, path));
  const draft = useSession((state) => state.drafts[path]);
  const type = useSession((state) => state.type);
  const edit = useSession((state) => state.edit);
  const dropDraft = useSession((state) => state.dropDraft);

  const common = {
    id,
    'aria-label': unit ? `${label}, ${unit}` : label,
    'aria-invalid': error,
    ...(error ? { 'aria-describedby': `${id}-error` } : {}),
  };
  if (path === 'task.corpus') return <CorpusName hash={String(value)} id={id} />;
  switch (control.kind) {
    case 'boolean':
      return (
        <span className="field-flag">
          <input
            type="checkbox"
            role="switch"
            {...common}
            checked={value === true}
            onChange={(event) => edit(path, event.target.checked)}
          />
        </span>
      );
    case 'option':
      return (
        <select
          className="field-input"
          {...common}
          value={String(value)}
          onChange={(event) => edit(path, event.target.value)}
        >
          {control.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      );
    case 'text':
      if (control.lines) {
        return (
          <textarea
            className="field-input field-lines"
            {...common}
            rows={3}
            value={String(value)}
            maxLength={control.maxLength}
            placeholder="none"
            onChange={(event) => edit(path, event.target.value.replace(/(?![\n\t])[\p{Cc}\p{Cs}]/gu, ''))}
          />
        );
      }
      return (
        <input
          className="field-input"
          {...common}
          value={String(value)}
          maxLength={control.maxLength}
          placeholder="none"
          onChange={(event) => edit(path, event.target.value.replace(/[\p{Cc}\p{Cs}]/gu, ''))}
        />
      );
    case 'options': {
      const chosen: readonly string[] = Array.isArray(value) ? value.map(String) : [];
      // The last one stays: a list is never empty.
      const toggled = (name: string): string[] =>
        control.options.filter((option) => chosen.includes(option) !== (option === name));
      return (
        <span className="field-options" role="group" {...common}>
          {control.options.map((option) => (
            <label key={option}>
              <input
                type="checkbox"
                checked={chosen.includes(option)}
                disabled={chosen.length === 1 && chosen[0] === option}
                onChange={() => edit(path, toggled(option))}
              />
              {option}
            </label>
          ))}
        </span>
      );
    }
    case 'integers': {
      const shown = Array.isArray(value) ? value.join(', ') : '';
      return <Typed common={common} shown={draft?.text ?? shown} path={path} type={type} drop={dropDraft} />;
    }
    case 'number':
    case 'integer': {
      const number = typeof value === 'number' ? value : control.min;
      const onKeyDown = (event: KeyboardEvent): void => {
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
        event.preventDefault();
        edit(path, stepped(number, event.key === 'ArrowUp' ? 1 : -1, control));
      };
      return (
        <Typed
          common={{
            ...common,
            role: 'spinbutton',
            'aria-valuenow': number,
            'aria-valuemin': control.min,
            'aria-valuemax': control.max,
            inputMode: control.kind === 'integer' ? 'numeric' : 'decimal',
          }}
          shown={draft?.text ?? String(number)}
          path={path}
          type={type}
          drop={dropDraft}
          onKeyDown={onKeyDown}
        />
      );
    }
  }
}

/** Documents by their name; which they are is chosen where the run begins. */
function CorpusName({ hash, id }: { hash: string; id: string }) {
  const show = usePage((state) => state.show);
  return (
    <button
      type="button"
      id={id}
      className="button field-corpus"
      title={hash === '' ? undefined : `SHA-256 ${hash}`}
      onClick={() => show({ view: 'run', sheet: false })}
    >
      {corpusName(hash) || 'Choose'}
    </button>
  );
}

interface TypedProps {
  common: ComponentProps<'input'>;
  shown: string;
  path: string;
  type: (path: string, text: string) => void;
  drop: (path: string) => void;
  onKeyDown?: (event: KeyboardEvent) => void;
}

/** A value typed as text: each keystroke counts once it is a value, Escape takes back what is none. */
function Typed({ common, shown, path, type, drop, onKeyDown }: TypedProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      className="field-input number"
      autoComplete="off"
      {...common}
      value={typed ?? shown}
      onChange={(event) => {
        setTyped(event.target.value);
        type(path, event.target.value);
      }}
      onBlur={() => setTyped(null)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          setTyped(null);
          drop(path);
        } else {
          if (event.key === 'ArrowUp' || event.key === 'ArrowDown' || event.key === 'Enter') setTyped(null);
          onKeyDown?.(event);
        }
      }}
    />
  );
}
