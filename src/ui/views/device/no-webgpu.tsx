import { useDevice } from '../../../store/device';
import { lab } from '../../../store/lab';
import { usePage } from '../../../store/page';
import { useRuns } from '../../../store/runs';
import { asSentence } from '../../../view/as-sentence';
import { plural } from '../../../view/format';
import './no-webgpu.css';

/** A page without WebGPU: what works all the same, and what to do in each browser. */
export function NoWebGpu() {
  const reason = useDevice((state) => (state.kind === 'missing' ? state.reason : null));
  if (reason === null) return null;
  return (
    <section className="no-webgpu">
      <h1>This browser offers no WebGPU.</h1>
      <p>
        The lab trains on the graphics card through WebGPU, and the browser gave none. {asSentence(reason)}
        {!isSecureContext &&
          ' This page was not opened securely: WebGPU needs https, or an address on this machine such as http://localhost.'}
      </p>
      <Works />
      <h2>What to do</h2>
      <dl className="browsers">
        <div>
          <dt>Chrome and Edge, 113 or newer</dt>
          <dd>
            On by default on Windows, macOS and ChromeOS, and on Android from 121. Turn on “Use graphics acceleration
            when available” in the settings under System. On Linux, where it is not on yet, enable{' '}
            <code>chrome://flags/#enable-unsafe-webgpu</code> and <code>chrome://flags/#enable-vulkan</code>.
          </dd>
        </div>
        <div>
          <dt>Firefox, 141 or newer</dt>
          <dd>
            On by default on Windows, and on Macs with Apple silicon from 145. Elsewhere set{' '}
            <code>dom.webgpu.enabled</code> to true in <code>about:config</code>.
          </dd>
        </div>
        <div>
          <dt>Safari, 26 or newer</dt>
          <dd>
            On by default on macOS, iOS and iPadOS 26. In Safari 18, turn on WebGPU under Feature Flags in the settings.
          </dd>
        </div>
        <div>
          <dt>Everywhere</dt>
          <dd>
            Open the page over https or from localhost; a file opened from disk and a plain http address have no WebGPU.
            <code> chrome://gpu</code> and <code>about:support</code> say why a graphics card was refused.
          </dd>
        </div>
      </dl>
      <div>
        <button type="button" className="button" onClick={() => void lab.askAdapter()}>
          Ask for it again
        </button>
      </div>
    </section>
  );
}

/** The parts of the page that work without WebGPU: recorded runs above all. */
function Works() {
  const runs = useRuns((state) => state.runs?.length ?? 0);
  const show = usePage((state) => state.show);
  return (
    <>
      <h2>What works here</h2>
      <p>
        Runs can be looked at, with their curves, traces, graphs and comparisons: those that this browser keeps, files
        that you import, and runs that were published. Settings, their checks and links work too, so that a session made
        here can be sent to where it runs. BM25 ranks your own collections.
      </p>
      <p className="button-row">
        <button type="button" className="button primary" onClick={() => show({ view: 'runs' })}>
          {runs > 0 ? `Look at ${plural(runs, 'kept run')}` : 'Import a run'}
        </button>
        <button type="button" className="button" onClick={() => show({ view: 'benchmark' })}>
          Rank a collection with BM25
        </button>
      </p>
    </>
  );
}
