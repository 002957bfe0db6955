import { shownOf } from '../../store/asked';
import { useCost } from '../../store/run';
import { formatBytes, formatCount, plural } from '../../view/format';
import './session.css';

/** A line with the cost of the session in the panel: parameters, bytes on the GPU, and steps. */
export function CostLine() {
  const asked = useCost();
  const cost = shownOf(asked);
  return (
    <div className="cost-line" aria-busy={asked.state === 'asking'} aria-label="Cost of this session" role="group">
      {cost ? (
        <>
          <span title={`${cost.parameters.toLocaleString('en')} parameters`}>
            <strong>{formatCount(cost.parameters)}</strong> parameters
          </span>
          <span
            title={`${cost.gpuBytes.toLocaleString('en')} bytes at most, in training and in evaluation: parameters, gradients, moments, activations`}
          >
            <strong>{formatBytes(cost.gpuBytes)}</strong> on the GPU
          </span>
          <span>
            <strong>{plural(cost.steps, 'step')}</strong>
          </span>
        </>
      ) : (
        <span className="muted">
          {asked.state === 'failed' ? 'The cost is not known for these settings.' : 'Counting the cost.'}
        </span>
      )}
    </div>
  );
}
