import { adaptSession } from '../../../config/base-session';
import type { ModelCard } from '../../../host/browser/api';
import { useBenchmark } from '../../../store/benchmark';
import { usePage } from '../../../store/page';
import { useSession } from '../../../store/session';
import { plural } from '../../../view/format';

/** Sets up a session that adapts the model to the documents that are open. */
export function Adapt({ card: { model, arch, embeds, isEncoder } }: { card: ModelCard }) {
  const preview = useBenchmark((state) => state.preview);
  const show = usePage((state) => state.show);
  const setUp = (corpus: string): void => {
    const { hash: sha256, name, from } = model;
    useSession.getState().replace(adaptSession({ sha256, name, from }, corpus, arch.max_position_embeddings));
    show({ view: 'run' });
  };
  if (embeds === null || isEncoder) return null;
  return (
    <section className="model-adapt" aria-label="Adapt">
      <h2>Adapt to your documents</h2>
      <p className="muted">
        LoRA of rank 8 beside the frozen model: titles and crops learn to find the documents that they come from. This
        fills the session; nothing starts by itself.
      </p>
      {preview === null ? (
        <p>Choose your documents above first.</p>
      ) : (
        <button type="button" className="button" onClick={() => setUp(preview.corpus)}>
          Set up a run on {plural(preview.documents, 'document')}
        </button>
      )}
    </section>
  );
}
