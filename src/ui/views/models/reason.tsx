import { useState } from 'react';
import type { ReasonTask } from '../../../config/base-session';
import type { ModelCard, ReasonProgress } from '../../../host/browser/api';
import { errorOfAsked, lastOf } from '../../../store/asked';
import { cancelReason, closeReasonError, prepareReason, useReason } from '../../../store/reason';
import { formatBytes, plural } from '../../../view/format';
import { Choice } from '../../kit/choice';
import { ErrorNote } from '../../kit/error-note';
import { Progress } from './progress';
import { StartButtons, startSession } from './start-session';

const TASKS: readonly { value: ReasonTask; label: string; about: string }[] = [
  {
    value: 'world',
    label: 'World: the capital of a city’s country',
    about:
      'Facts that a pre-trained model may know. First, and once, it is asked which of them it knows: at most some 1,100 short questions, which take minutes on a graphics card and far longer on a processor. A small model may know too few of them; the page then says so.',
  },
  {
    value: 'kin',
    label: 'Kin: a made-up world of 32 entities',
    about:
      'Facts that no model knows, so they are learnt along with the reasoning: it shows that the whole way works on this model, and fast.',
  },
  {
    value: 'atlas-walk',
    label: 'Atlas: walks over the borders of countries',
    about:
      'Real countries, from border to border in given directions. What the model does not know it learns on the way.',
  },
];

/** Teaches the model to reason before it embeds: stage 1 with written traces, stage 2 from what its own find. */
export function ReasonPanel({ card: { model, embeds, isEncoder, hasHead } }: { card: ModelCard }) {
  const asked = useReason((state) => state.asked);
  const [task, setTask] = useState<ReasonTask>('kin');
  const last = lastOf(asked);
  const mine = last?.hash === model.hash;
  const error = mine ? errorOfAsked(asked) : null;
  if (embeds === null || isEncoder) return null;
  const start = (starts: boolean): void =>
    void prepareReason(model.hash, task, (session) => startSession(session, starts));
  return (
    <section className="model-adapt" aria-label="Reason">
      <h2>Teach it to reason</h2>
      <p className="muted">
        Stage 1 shows it written reasoning; in stage 2 it writes its own and learns from where that leads the search
        (GRPO). LoRA of rank 8 beside the frozen model.
      </p>
      {!hasHead ? (
        <p>Its files have no head to write with, so it can only be adapted to embed at once.</p>
      ) : mine && asked.state === 'asking' ? (
        <Progress text={sentenceOf(last.progress)} progress={last.progress} onCancel={() => void cancelReason()} />
      ) : (
        <>
          {error && (
            <ErrorNote what="reason" onClose={closeReasonError}>
              {error.message}
            </ErrorNote>
          )}
          <Choice label="Task" value={task} options={TASKS} onChange={setTask} />
          <p className="muted small">{TASKS.find(({ value }) => value === task)?.about}</p>
          <StartButtons verb="Reason" on="this task" onStart={start} />
        </>
      )}
    </section>
  );
}

function sentenceOf(progress: ReasonProgress | null): string {
  if (!progress) return 'The task is read with the model’s tokenizer.';
  const { what, done, of } = progress;
  if (what === 'weights') return `Its weights go to the GPU: ${formatBytes(done)} of ${formatBytes(of)}.`;
  return `It is asked what it knows: ${done.toLocaleString('en')} of at most ${plural(of, 'question')}.`;
}
