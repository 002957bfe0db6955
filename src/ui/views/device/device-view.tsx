import './device.css';
import { useDevice } from '../../../store/device';
import { lab } from '../../../store/lab';
import type { AdapterReport } from '../../../host/browser/api';
import { formatBytes, formatCount } from '../../../view/format';
import { limitRows, type LimitRow } from '../../../view/limits';
import { NoWebGpu } from './no-webgpu';
import { Profile } from './profile';
import { SelfTest } from './self-test';
import { TunedKernels } from './tuned-kernels';
import { ErrorNote } from '../../kit/error-note';

/** The Device view: the browser's adapter with its limits, what can be trained on it, a self-test, its tuning and a profile. */
export default function DeviceView() {
  const device = useDevice();
  return (
    <div className="view-body">
      <div>
        <h1>Device</h1>
        <p className="muted">
          What this browser lets the lab use. Nothing about it leaves this page.{' '}
          {device.kind === 'ready' && (
            <a href="./speed.html" target="_blank" rel="noreferrer">
              Measure how fast it is
            </a>
          )}
        </p>
      </div>
      {device.kind === 'asking' && <p className="muted">Asking the browser for an adapter.</p>}
      {device.kind === 'missing' && <NoWebGpu />}
      {device.kind === 'failed' && (
        <ErrorNote what="question for an adapter" help={{ label: 'Ask again', run: () => void lab.askAdapter() }}>
          {`The adapter could not be asked: ${device.reason}`}
        </ErrorNote>
      )}
      {device.kind === 'ready' && <Report report={device.report} />}
    </div>
  );
}

function Report({ report }: { report: AdapterReport }) {
  const { vendor, architecture, description, software, features, limits } = report;
  const isNamed = `${vendor}${architecture}${description}` !== '';
  const { main, others } = limitRows(limits);
  return (
    <>
      {software && (
        <p className="callout warn">
          This adapter computes on the processor: everything works and comes out right, slowly. In a browser with a
          graphics card that it may use, runs are many times faster.
        </p>
      )}
      <SelfTest />
      <TunedKernels />
      <Profile />
      <Held report={report} />
      <section>
        <h2>Adapter</h2>
        {isNamed ? (
          <dl className="pairs">
            <dt>Vendor</dt>
            <dd>{vendor || 'not told'}</dd>
            <dt>Architecture</dt>
            <dd>{architecture || 'not told'}</dd>
            <dt>Description</dt>
            <dd>{description || 'not told'}</dd>
            <dt>Kind</dt>
            <dd>{software ? 'software' : 'hardware'}</dd>
            <dt>Features</dt>
            <dd>{features.length > 0 ? features.join(', ') : 'none beyond the core'}</dd>
          </dl>
        ) : (
          <p>
            This browser hides which adapter it is, so that no site can recognise you by it
            {software ? '; it says that it computes on the processor' : ', nor whether it computes on the processor'}.
            Features: {features.length > 0 ? features.join(', ') : 'none beyond the core'}.
          </p>
        )}
      </section>
      <section>
        <h2>Limits</h2>
        <Limits rows={main} label="Limits that matter" />
        {others.length > 0 && (
          <details>
            <summary>Other limits of computing</summary>
            <Limits rows={others} label="Other limits" />
          </details>
        )}
      </section>
    </>
  );
}

/** The largest models that can be trained from scratch on this device. */
function Held({ report: { capacity, limits } }: { report: AdapterReport }) {
  if (capacity.length === 0) return null;
  return (
    <section>
      <h2>What it holds</h2>
      <p className="muted">
        The largest model that can certainly be trained from scratch here, within{' '}
        {formatBytes(limits['maxBufferSize'] ?? 0)}, the largest buffer that the browser allows. Browsers do not say how
        much more memory there is. Where a step computes its activations again instead of keeping them (
        <code>model.activations</code>), a larger model fits, with the same bits, in about a third more time.
      </p>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="What it holds">
        <table>
          <thead>
            <tr>
              <th scope="col">Tokens a step</th>
              <th scope="col">Activations</th>
              <th scope="col" className="number">
                Parameters
              </th>
              <th scope="col">As layers × channels</th>
              <th scope="col" className="number">
                Memory
              </th>
            </tr>
          </thead>
          <tbody>
            {capacity.map(({ tokens, activations, parameters, hidden_size, num_hidden_layers, bytes }) => (
              <tr key={`${tokens} ${activations}`}>
                <th scope="row">{tokens.toLocaleString('en')}</th>
                <td>{activations === 'keep' ? 'kept' : 'computed again'}</td>
                <td className="number">{formatCount(parameters)}</td>
                <td>
                  {num_hidden_layers} × {hidden_size}
                </td>
                <td className="number">{formatBytes(bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Limits({ rows, label }: { rows: readonly LimitRow[]; label: string }) {
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label={label}>
      <table className="limits">
        <tbody>
          {rows.map(({ name, label: title, value, meaning }) => (
            <tr key={name}>
              <th scope="row" title={name}>
                {title}
              </th>
              <td className="number">{value}</td>
              <td className="muted">{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
