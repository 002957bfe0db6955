import { useState } from 'react';
import type { RunSummary } from '../../../host/browser/api';
import { beginFork } from '../../../store/fork';
import { messageOf } from '../../../lib/errors';
import { lab } from '../../../store/lab';
import { useToasts } from '../../../store/toasts';
import { afterFork } from '../../frame/fork-from-view';
import { ForkIcon } from '../../kit/icons';

/** States that a run keeps: those of its last checkpoints. */
const KEPT = 2;

/** A fork of a run from a step: at once where its state is kept; from any other the fork repeats the steps first. */
export function ForkChoice({ id, run }: { id: string; run: RunSummary }) {
  const { session, ancestors, checkpoints, totalSteps } = run;
  const [step, setStep] = useState(String(checkpoints.at(-1) ?? 1));
  const wanted = Number(step);
  const isStep = Number.isInteger(wanted) && wanted >= 1 && wanted <= totalSteps;
  const kept = checkpoints.slice(-KEPT);
  const fork = async (): Promise<void> => {
    try {
      const { links } = await lab.ask((client) => client.runs.curves(id));
      beginFork({ session, ancestors, links }, wanted);
      afterFork();
    } catch (error) {
      useToasts.getState().say(`The fork could not be made: ${messageOf(error)}.`);
    }
  };
  return (
    <form
      className="run-fork"
      onSubmit={(event) => {
        event.preventDefault();
        if (isStep) void fork();
      }}
    >
      <label>
        Fork from step{' '}
        <input
          type="number"
          className="field-input number"
          min={1}
          max={totalSteps}
          value={step}
          list={`kept-${id}`}
          aria-describedby={`fork-${id}`}
          onChange={(event) => setStep(event.target.value)}
        />
      </label>
      <datalist id={`kept-${id}`}>
        {kept.map((at) => (
          <option key={at} value={at} />
        ))}
      </datalist>
      <button type="submit" className="button" disabled={!isStep}>
        <ForkIcon />
        Fork
      </button>
      <span id={`fork-${id}`} className="muted small">
        {!isStep
          ? `A step from 1 to ${totalSteps}.`
          : kept.includes(wanted)
            ? 'Its state is kept: the fork begins there at once.'
            : `The fork repeats the steps up to it first; the states of ${kept.join(' and ')} are kept.`}
      </span>
    </form>
  );
}
