import { useDevice } from '../../../store/device';
import { lab } from '../../../store/lab';

/** A page without WebGPU: what to do in each browser, and what works all the same. */
export function NoWebGpu() {
  const reason = useDevice((state) => (state.kind === 'missing' ? state.reason : null));
  if (reason === null) return null;
  return (
    <section className="no-webgpu">
      <h1>This browser offers no WebGPU.</h1>
      <p>
        The lab trains on the graphics card through WebGPU, and the browser gave none ({reason.replace(/\.$/, '')}).
        {!isSecureContext &&
          ' This page was not opened securely: WebGPU needs https, or an address on this machine such as http://localhost.'}
      </p>
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
      <h2>What still works</h2>
      <p>
        Runs that this browser keeps, and run files that you import: their curves, traces and comparisons, in the Runs
        view. BM25 on your own collections, in the Bench view. Presets, settings and their checks, and links: a session
        made here can be copied as a link and run in another browser. The command line runs the same sessions without a
        browser.
      </p>
      <div>
        <button type="button" className="button" onClick={() => void lab.askAdapter()}>
          Ask again
        </button>
      </div>
    </section>
  );
}
