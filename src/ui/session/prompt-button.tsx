import { lazy, Suspense, useState } from 'react';
import { promptsOf, withPrompts, type StartPrompts } from '../../config/base-session';
import { diffSession } from '../../config/edit-session';
import { useModels } from '../../store/models';
import { useSession } from '../../store/session';
import { PageDialog } from '../kit/page-dialog';

const PromptEditor = lazy(() => import('../prompts/prompt-editor'));

/** The session's prompts as its base reads them, in a dialog. */
export function PromptButton() {
  const [open, setOpen] = useState(false);
  return (
    <p className="group-note">
      <button type="button" className="button" onClick={() => setOpen(true)}>
        See them as text and tokens
      </button>
      {open && <PromptsDialog onOpenChange={setOpen} />}
    </p>
  );
}

function PromptsDialog({ onOpenChange }: { onOpenChange: (open: boolean) => void }) {
  const session = useSession((state) => state.session);
  const card = useModels((state) => state.card);
  const { base, max_position_embeddings: context } = session.model;
  const change = (start: StartPrompts): void => {
    const { session: now, edit } = useSession.getState();
    // One at a time, so that each is an edit like any other.
    for (const { path, to } of diffSession(now, withPrompts(now, start))) edit(path, to);
  };
  return (
    <PageDialog
      title={`Prompts to ${base.name || 'the base'}`}
      closes="Close the prompts"
      onOpenChange={onOpenChange}
      className="prompt-dialog"
    >
      <Suspense fallback={<p className="muted">Loading.</p>}>
        <PromptEditor
          hash={base.sha256}
          hasTemplate={card?.model.hash === base.sha256 ? card.chatTemplate !== null : null}
          context={context}
          value={promptsOf(session)}
          onChange={change}
        />
      </Suspense>
    </PageDialog>
  );
}
