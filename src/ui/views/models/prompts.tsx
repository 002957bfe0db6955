import { lazy, Suspense, useState } from 'react';
import { promptsOf } from '../../../config/base-session';
import { defaultSession } from '../../../config/session';
import type { ModelCard } from '../../../host/browser/api';
import { useStartPrompts } from '../../../store/prompt-preview';

const PromptEditor = lazy(() => import('../../prompts/prompt-editor'));

/** Tokens of a text that is tried. */
const CONTEXT = 512;

/** The prompts that the model reads beside a text in sessions that are set up here, with a preview. */
export function PromptsPanel({ card: { model, arch, embeds, isEncoder, chatTemplate } }: { card: ModelCard }) {
  const [open, setOpen] = useState(false);
  const state = useStartPrompts();
  if (embeds === null || isEncoder) return null;
  const isMine = state.of === model.hash;
  return (
    <section aria-label="Prompts">
      <details className="model-prompts" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <h2>Prompts</h2>{' '}
          <span className="muted">
            {isMine
              ? 'changed: what you adapt or teach to reason here starts with them'
              : 'what it reads beside a query or a document, as text and as tokens'}
          </span>
        </summary>
        {open && (
          <Suspense fallback={<p className="muted">Loading.</p>}>
            <PromptEditor
              hash={model.hash}
              hasTemplate={chatTemplate !== null}
              context={Math.min(CONTEXT, arch.max_position_embeddings)}
              value={isMine ? state.start : promptsOf(defaultSession)}
              onChange={(start) => useStartPrompts.setState({ of: model.hash, start })}
            />
          </Suspense>
        )}
        {isMine && (
          <button type="button" className="button" onClick={() => useStartPrompts.setState({ of: null })}>
            Back to the texts alone
          </button>
        )}
      </details>
    </section>
  );
}
