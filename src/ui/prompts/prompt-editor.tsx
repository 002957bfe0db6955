import './prompts.css';
import { useEffect, useId, useState, type ReactNode } from 'react';
import type { StartPrompts } from '../../config/base-session';
import { THINKING } from '../../config/sections/prompts';
import type { PromptsShown } from '../../host/browser/api';
import { errorOfAsked, lastOf } from '../../store/asked';
import { dropPreview, showPrompts, usePromptPreview } from '../../store/prompt-preview';
import { Choice } from '../kit/choice';
import { ErrorNote } from '../kit/error-note';
import { PromptLegend, ShownPromptPanel } from './shown-prompt';

/** Milliseconds after the last key before a preview is requested. */
const PAUSE_MS = 120;
const LONGEST = 2000;

interface PromptEditorProps {
  /** The model's. */
  hash: string;
  hasTemplate: boolean | null;
  /** Positions that a text may take. */
  context: number;
  value: StartPrompts;
  onChange: (value: StartPrompts) => void;
}

/** Prompts of a base model, shown as text and as tokens while they are edited. */
export default function PromptEditor({ hash, hasTemplate, context, value, onChange }: PromptEditorProps) {
  const [query, setQuery] = useState('What is the capital of Peru?');
  const [document, setDocument] = useState('Lima lies on the coast of the Pacific.');
  const asked = usePromptPreview((state) => state.asked);
  const { prompts, embedToken } = value;
  useEffect(() => dropPreview, [hash]);
  useEffect(() => {
    const wait = setTimeout(() => void showPrompts(hash, { prompts, embedToken, context, query, document }), PAUSE_MS);
    return () => clearTimeout(wait);
  }, [hash, prompts, embedToken, context, query, document]);
  const set = (changes: Partial<StartPrompts['prompts']>): void =>
    onChange({ ...value, prompts: { ...prompts, ...changes } });
  const shown = lastOf(asked);
  const error = errorOfAsked(asked);
  return (
    <div className="prompt-editor">
      <div className="prompt-fields">
        <Lines label="Before a query" value={prompts.query} onChange={(text) => set({ query: text })} />
        <Lines label="Before a document" value={prompts.document} onChange={(text) => set({ document: text })}>
          With <code>{'{text}'}</code> where the text stands; without it the text follows.
        </Lines>
        <label className="switch">
          <input
            type="checkbox"
            role="switch"
            checked={prompts.chat}
            disabled={hasTemplate === false && !prompts.chat}
            onChange={({ target }) =>
              set(target.checked ? { chat: true } : { chat: false, system: '', thinking: 'template' })
            }
          />
          As turns of its chat template
        </label>
        {hasTemplate === false && <p className="muted small">Its files have no chat template.</p>}
        {prompts.chat && (
          <>
            <Lines label="System message" value={prompts.system} onChange={(text) => set({ system: text })} />
            <Choice
              label="Thinking"
              value={prompts.thinking}
              options={THINKING.map((way) => ({ value: way, label: THINKING_WORDS[way] }))}
              onChange={(thinking) => set({ thinking })}
            />
          </>
        )}
        <EmbedToken shown={shown} value={embedToken} onChange={(token) => onChange({ ...value, embedToken: token })} />
        <h3>Tried on</h3>
        <Lines label="Query" value={query} onChange={setQuery} />
        <Lines label="Document" value={document} onChange={setDocument} />
      </div>
      <div className="prompt-shown" aria-live="polite">
        {error && <ErrorNote what="prompts">{error.message}</ErrorNote>}
        {!shown && !error && <p className="muted">Reading the model’s tokenizer.</p>}
        {shown && (
          <>
            <PromptLegend />
            <ShownPromptPanel title="A document" shown={shown.document} />
            <ShownPromptPanel title="A query that is embedded at once" shown={shown.query} />
            <ShownPromptPanel title="A query before its reasoning" shown={shown.reasoned} />
          </>
        )}
      </div>
    </div>
  );
}

const THINKING_WORDS = { template: 'as the template has it', on: 'on', off: 'off' } as const;

interface LinesProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  children?: ReactNode;
}

function Lines({ label, value, onChange, children }: LinesProps) {
  const id = useId();
  return (
    <div className="prompt-lines">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="field-input"
        rows={2}
        value={value}
        maxLength={LONGEST}
        placeholder="nothing"
        onChange={({ target }) => onChange(target.value.replace(/(?![\n\t])[\p{Cc}\p{Cs}]/gu, ''))}
      />
      {children && <p className="muted small">{children}</p>}
    </div>
  );
}

interface EmbedTokenProps {
  shown: PromptsShown | null;
  value: string;
  onChange: (token: string) => void;
}

/** The lab proposes, the person decides. */
function EmbedToken({ shown, value, onChange }: EmbedTokenProps) {
  if (!shown) return null;
  const { choices, own } = shown;
  const chosen = choices.find(({ token }) => token === value);
  const named = chosen || value === '' ? choices : [{ token: value, reason: 'a token of its vocabulary' }, ...choices];
  const options = [
    ...(own === null ? [] : [{ value: '', label: `${own}, its row as it is` }]),
    ...named.map(({ token }) => ({ value: token, label: `${token}, its row trained` })),
  ];
  return (
    <div className="prompt-lines">
      <Choice label="Embeds at" value={value} options={options} onChange={onChange} />
      <p className="muted small">
        {value === '' ? 'The token with which it ends texts.' : `${capital(chosen?.reason ?? 'a token of its own')}.`}
      </p>
    </div>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
