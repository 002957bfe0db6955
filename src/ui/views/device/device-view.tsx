import { useDevice } from '../../../store/device';
import { lab } from '../../../store/lab';
import type { AdapterReport } from '../../../host/browser/api';
import { formatBytes } from '../../../view/format';
import { NoWebGpu } from './no-webgpu';

export default function DeviceView() {
  const device = useDevice();
  return (
    <div className="view-body">
      <div>
        <h1>Device</h1>
        <p className="muted">What this browser lets the lab use. Nothing about it leaves this page.</p>
      </div>
      {device.kind === 'asking' && <p className="muted">Asking the browser for an adapter.</p>}
      {device.kind === 'missing' && <NoWebGpu />}
      {device.kind === 'failed' && (
        <div className="callout error" role="alert">
          <p>
            The adapter could not be asked: {device.reason}.{' '}
            <button type="button" className="link-button" onClick={() => void lab.askAdapter()}>
              Ask again
            </button>
          </p>
        </div>
      )}
      {device.kind === 'ready' && <Report report={device.report} />}
    </div>
  );
}

function Report({ report }: { report: AdapterReport }) {
  const { vendor, architecture, description, software, features, limits } = report;
  return (
    <>
      {software && (
        <p className="callout warn">
          This adapter computes on the processor: everything works and comes out right, slowly. In a browser with a
          graphics card that it may use, runs are many times faster.
        </p>
      )}
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
      <section>
        <h2>Limits</h2>
        <div className="scroll-x" tabIndex={0} role="region" aria-label="Limits of the adapter">
          <table className="limits">
            <tbody>
              {Object.entries(limits).map(([name, value]) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td className="number">{value.toLocaleString('en')}</td>
                  <td className="muted">{/Size$/.test(name) && value >= 4096 ? formatBytes(value) : ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}
