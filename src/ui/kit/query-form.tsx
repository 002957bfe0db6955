import { useId, type SubmitEvent } from 'react';
import { SearchIcon } from './icons';
import './query-form.css';

interface QueryFormProps {
  label: string;
  /** Shown where nothing is typed and there is no example. */
  placeholder: string;
  examples: readonly string[];
  /** Label of the examples: read out, and shown before them. */
  examplesLabel: string;
  examplesLead: string;
  /** The query is in the words of a made-up task, not in a person's own. */
  isFormal?: boolean;
  text: string;
  onText: (text: string) => void;
  pending: boolean;
  onAsk: (query: string) => void;
}

/** A query to type, and examples to take. */
export function QueryForm({
  label,
  placeholder,
  examples,
  examplesLabel,
  examplesLead,
  isFormal = false,
  text,
  onText,
  pending,
  onAsk,
}: QueryFormProps) {
  const id = useId();
  const mono = isFormal ? ' mono' : '';
  return (
    <>
      <form
        className="search-form"
        role="search"
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          onAsk(text);
        }}
      >
        <label className="hidden-text" htmlFor={id}>
          {label}
        </label>
        <input
          id={id}
          className={`field-input search-input${mono}`}
          value={text}
          placeholder={examples[0] ?? placeholder}
          autoComplete="off"
          spellCheck={isFormal ? false : undefined}
          onChange={(event) => onText(event.target.value)}
        />
        <button type="submit" className="button primary" disabled={pending || text.trim() === ''}>
          <SearchIcon />
          Search
        </button>
      </form>
      {examples.length > 0 && (
        <div className="chips" role="group" aria-label={examplesLabel}>
          <span className="muted">{examplesLead}</span>
          {examples.map((example) => (
            <button
              key={example}
              type="button"
              className={`chip${mono}`}
              disabled={pending}
              onClick={() => onAsk(example)}
            >
              {example}
            </button>
          ))}
        </div>
      )}
    </>
  );
}
