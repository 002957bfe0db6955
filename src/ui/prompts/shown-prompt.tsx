import type { ShownPrompt, ShownToken } from '../../host/browser/api';
import { plural } from '../../view/format';
import { ErrorNote } from '../kit/error-note';

/** More are counted. */
const MOST_TOKENS = 256;
const SOURCES = {
  template: 'chat template',
  system: 'system message',
  prompt: 'prompt',
  text: 'the text itself',
  embed: 'token that embeds',
} as const;

/** A legend of the marks in the texts. */
export function PromptLegend() {
  return (
    <p className="prompt-legend muted small">
      {Object.entries(SOURCES).map(([of, label]) => (
        <span key={of}>
          <span className={`prompt-piece mono ${of}`}>abc</span> {label}
        </span>
      ))}
    </p>
  );
}

/** A text as the model reads it: in parts by where they come from, and in tokens. */
export function ShownPromptPanel({ title, shown }: { title: string; shown: ShownPrompt }) {
  if (shown.error !== null) {
    return (
      <section className="prompt-panel" aria-label={title}>
        <h3>{title}</h3>
        <ErrorNote what="prompt">{shown.error}</ErrorNote>
      </section>
    );
  }
  const { pieces, tokens, truncated, notices } = shown;
  return (
    <section className="prompt-panel" aria-label={title}>
      <h3>
        {title} <span className="muted">{plural(tokens.length, 'token')}</span>
      </h3>
      <p className="prompt-text mono" tabIndex={0} role="group" aria-label={`${title}, as text`}>
        {pieces.map(({ of, text }, at) => (
          <span key={at} className={`prompt-piece ${of}`} title={SOURCES[of]}>
            {text}
          </span>
        ))}
      </p>
      <ol className="prompt-tokens" aria-label={`${title}, as tokens`} tabIndex={0}>
        {tokens.slice(0, MOST_TOKENS).map((token, at) => (
          <Token key={at} token={token} />
        ))}
        {tokens.length > MOST_TOKENS && <li className="muted">and {tokens.length - MOST_TOKENS} more</li>}
      </ol>
      {truncated && <p className="muted small">The text is cut, so that the rest fits the context.</p>}
      {notices.map((notice) => (
        <p key={notice} className="callout warn">
          {notice}.
        </p>
      ))}
    </section>
  );
}

function Token({ token: { id, piece, text, embeds } }: { token: ShownToken }) {
  return (
    <li className={`prompt-token${embeds ? ' embeds' : ''}`} title={`“${piece}” in the vocabulary, id ${id}`}>
      <span className="mono">{visible(text === '' ? piece : text)}</span>
      <span className="prompt-id muted">{embeds ? `embeds · ${id}` : id}</span>
    </li>
  );
}

/** White space that can be seen. */
const visible = (text: string): string =>
  text.replaceAll(' ', '·').replaceAll('\n', '↵').replaceAll('\t', '⇥').replaceAll('\r', '␍');
