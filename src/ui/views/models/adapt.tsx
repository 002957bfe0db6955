import { useState } from 'react';
import { adaptSession } from '../../../config/base-session';
import type { ModelCard } from '../../../host/browser/api';
import { useBenchmark } from '../../../store/benchmark';
import { startPromptsOf } from '../../../store/prompt-preview';
import { plural } from '../../../view/format';
import { Choice } from '../../kit/choice';
import { StartButtons, startSession } from './start-session';

const WAYS = [
  { value: 'direct', label: 'at once' },
  { value: 'keywords', label: 'at once, and after keywords that it writes' },
] as const;

/** Sets up a session that adapts the model to the documents that are open. */
export function Adapt({ card: { model, arch, embeds, isEncoder, hasHead } }: { card: ModelCard }) {
  const preview = useBenchmark((state) => state.preview);
  const [way, setWay] = useState<(typeof WAYS)[number]['value']>('direct');
  if (embeds === null || isEncoder) return null;
  const { hash: sha256, name, from } = model;
  const withKeywords = way === 'keywords' && hasHead;
  const start = (corpus: string, starts: boolean): void =>
    startSession(
      adaptSession({ sha256, name, from }, corpus, arch.max_position_embeddings, withKeywords, startPromptsOf(sha256)),
      starts,
    );
  return (
    <section className="model-adapt" aria-label="Adapt">
      <h2>Adapt to your documents</h2>
      <p className="muted">
        LoRA of rank 8 beside the frozen model: titles and crops learn to find the documents that they come from.
      </p>
      {hasHead && <Choice label="A query is embedded" value={way} options={WAYS} onChange={setWay} />}
      {withKeywords && (
        <p className="muted small">
          It learns both: a query’s own state, and the state after the most telling words of the document that it should
          find. They need not help: a small model trained here on Cranfield alone scored nDCG@10 .287 after its keywords
          and .386 at once. Both ways are scored, so that you see it on your documents.
        </p>
      )}
      {preview === null ? (
        <p>Choose your documents above first.</p>
      ) : (
        <StartButtons
          verb="Adapt"
          on={plural(preview.documents, 'document')}
          onStart={(starts) => start(preview.corpus, starts)}
        />
      )}
    </section>
  );
}
