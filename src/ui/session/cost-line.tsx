import { useCost } from '../../store/run';
import { formatBytes, formatCount, plural } from '../../view/format';

export function CostLine() {
  const { cost, error, pending } = useCost();
  return (
    <div className="cost-line" aria-busy={pending} aria-label="Cost of this session" role="group">
      {cost ? (
        <>
          <span title={`${cost.parameters.toLocaleString('en')} parameters`}>
            <strong>{formatCount(cost.parameters)}</strong> parameters
          </span>
          <span title={`${cost.gpuBytes.toLocaleString('en')} bytes: parameters, gradients, moments, activations`}>
            <strong>{formatBytes(cost.gpuBytes)}</strong> on the GPU
          </span>
          <span>
            <strong>{plural(cost.steps, 'step')}</strong>
          </span>
        </>
      ) : (
        <span className="muted">
          {error === null ? 'Counting the cost.' : 'The cost is not known for these settings.'}
        </span>
      )}
    </div>
  );
}
