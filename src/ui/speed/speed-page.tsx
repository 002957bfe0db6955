import { useRef, useState } from 'react';
import { measureAdapter, type BenchmarkLine, type SpeedNews } from '../../host/browser/speed/client';
import { codeOf, messageOf } from '../../lib/errors';
import { adapterWords, speedCells, speedTable } from '../../view/speed-table';
import { ErrorNote } from '../kit/error-note';
import './speed.css';

// The speed page: measures this browser's adapter and shows the figures as a table.

type Adapter = Extract<SpeedNews, { kind: 'adapter' }>;
type Begun = Extract<SpeedNews, { kind: 'begins' }>;

/** The state of a measurement: `begun` is the part that is measured now; null before the first and after the last. */
interface Measured {
  going: boolean;
  adapter: Adapter | null;
  begun: Begun | null;
  lines: readonly BenchmarkLine[];
  /** How it ended: complete, cancelled or with an error; null before its end. */
  end: 'whole' | 'cancelled' | { error: string } | null;
}

const NOTHING: Measured = { going: false, adapter: null, begun: null, lines: [], end: null };

function heard(before: Measured, news: SpeedNews): Measured {
  switch (news.kind) {
    case 'adapter':
      return { ...before, adapter: news };
    case 'begins':
      return { ...before, begun: news };
    case 'line':
      return { ...before, lines: [...before.lines, news.line] };
  }
}

/**
 * Measures what this browser's GPU does for the lab, and gives a table to pass on. It does nothing else, and sends nothing.
 * @param tiny sizes that say nothing of a GPU, for trying out that the page works.
 */
export function SpeedPage({ tiny }: { tiny: boolean }) {
  const [measured, setMeasured] = useState(NOTHING);
  const ending = useRef(new AbortController());
  const { going, adapter, lines, end } = measured;

  const measure = async (): Promise<void> => {
    ending.current = new AbortController();
    const { signal } = ending.current;
    setMeasured({ ...NOTHING, going: true });
    // Events from before the end may arrive after it, over a port of their own.
    const tell = (news: SpeedNews): void => setMeasured((before) => (signal.aborted ? before : heard(before, news)));
    const ended = (how: Measured['end']): void => setMeasured((before) => ({ ...before, going: false, end: how }));
    try {
      await measureAdapter(tiny, tell, signal);
      ended('whole');
    } catch (failed) {
      ended(codeOf(failed) === 'cancelled' ? 'cancelled' : { error: messageOf(failed) });
    }
  };

  return (
    <main className="speed-page">
      <p>
        <a href="./">Search-R3 Lab</a>
      </p>
      <h1>Speed of this GPU</h1>
      <p className="muted">
        Products, attention, a training step, writing and search on the GPU that this browser gives, in sizes of small
        models. It takes a minute or so. Nothing is sent anywhere: the table is yours to pass on. Stop a run in another
        tab first, they would share the GPU.
      </p>
      {tiny && (
        <p className="callout warn">Tiny sizes, for trying out that this page works: they say nothing of a GPU.</p>
      )}
      <div className="speed-buttons">
        {going ? (
          <button type="button" className="button" onClick={() => ending.current.abort()}>
            Cancel
          </button>
        ) : (
          <button type="button" className="button primary" onClick={() => void measure()}>
            {end === null ? 'Measure' : 'Measure again'}
          </button>
        )}
        {!going && adapter !== null && lines.length > 0 && <Copy adapter={adapter} lines={lines} tiny={tiny} />}
      </div>
      {going && <Going begun={measured.begun} />}
      {end === 'cancelled' && <p role="status">Cancelled after {lines.length} lines.</p>}
      {end !== null && typeof end === 'object' && (
        <ErrorNote what="measurement" onClose={() => setMeasured({ ...measured, end: 'cancelled' })}>
          {end.error}
        </ErrorNote>
      )}
      {adapter !== null && (
        <p className="adapter-name">
          <strong>{adapterWords(adapter)}</strong>
        </p>
      )}
      {adapter?.software && (
        <p className="callout warn">
          This adapter computes on the processor: its figures say nothing of a graphics card.
        </p>
      )}
      {lines.length > 0 && <Lines lines={lines} />}
    </main>
  );
}

function Going({ begun }: { begun: Begun | null }) {
  const share = begun ? (begun.part - 1) / begun.parts : 0;
  const text = begun ? `Measuring ${begun.what}: ${begun.part} of ${begun.parts}.` : 'Asking the browser for its GPU.';
  return (
    <div className="speed-going">
      <p role="status">{text}</p>
      <progress max={1} value={share} aria-label="Measured so far" />
    </div>
  );
}

function Lines({ lines }: { lines: readonly BenchmarkLine[] }) {
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label="Speeds">
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" className="number">
              Milliseconds
            </th>
            <th scope="col" className="number">
              A second
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const [milliseconds, rate] = speedCells(line);
            return (
              <tr key={line.what}>
                <th scope="row">{line.what}</th>
                {line.milliseconds === null ? (
                  <td colSpan={2} className="reason">
                    {milliseconds}
                  </td>
                ) : (
                  <>
                    <td className="number">{milliseconds}</td>
                    <td className="number">{rate}</td>
                  </>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Copy({ adapter, lines, tiny }: { adapter: Adapter; lines: readonly BenchmarkLine[]; tiny: boolean }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const day = new Date().toISOString().slice(0, 10);
  const about = `Search-R3 Lab, speed of ${adapterWords(adapter)}${tiny ? ', tiny sizes' : ''}; ${day}, ${navigator.userAgent}`;
  const copy = (): void => {
    navigator.clipboard.writeText(speedTable(about, lines)).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <>
      <button type="button" className="button" onClick={copy}>
        Copy the table
      </button>
      <span role="status">
        {copied === true && 'Copied, with the adapter’s and the browser’s name.'}
        {copied === false && 'The browser did not let the page copy: select the table instead.'}
      </span>
    </>
  );
}
