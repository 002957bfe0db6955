import { lastOf, shownOf } from '../../store/asked';
import { useCost } from '../../store/run';
import { useSession } from '../../store/session';
import { speedOf, useSpeed } from '../../store/speed';
import { formatBytes, formatCount, plural } from '../../view/format';

export function CostLine() {
  const asked = useCost();
  const cost = shownOf(asked);
  const session = useSession((state) => state.session);
  const measured = useSpeed((state) => speedOf(session, lastOf(state.measured))?.gpuBytes);
  return (
    <div className="cost-line" aria-busy={asked.state === 'asking'} aria-label="Cost of this session" role="group">
      {cost ? (
        <>
          <span title={`${cost.parameters.toLocaleString('en')} parameters`}>
            <strong>{formatCount(cost.parameters)}</strong> parameters
          </span>
          <span
            title={
              measured === undefined
                ? `${cost.gpuBytes.toLocaleString('en')} bytes: parameters, gradients, moments, activations`
                : `${measured.toLocaleString('en')} bytes, measured here`
            }
          >
            <strong>{formatBytes(measured ?? cost.gpuBytes)}</strong> on the GPU
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
