import { useEffect, useRef } from 'react';
import type { TuningReport } from '../../../host/browser/api';
import type { Tuning } from '../../../records/tuning';
import { lastOf } from '../../../store/asked';
import { isElsewhere, isLive, useRun } from '../../../store/run';
import { askTuning, cancelTuning, forgetTuning, tuneDevice, useTuning } from '../../../store/tuning';
import { asSentence } from '../../../view/as-sentence';
import { formatPercent, plural } from '../../../view/format';
import { adapterWords } from '../../../view/speed-table';
import { formatMicroseconds, tileTable, tuningGain, type TimedTile, type TuningGain } from '../../../view/tuning';
import { ErrorNote } from '../../kit/error-note';
import { Explained } from '../../kit/explained';

/** The tuner: which tiles of products are the fastest on this device, measured when it is asked for, and kept. */
export function TunedKernels() {
  const { asked, progress, closeError } = useTuning();
  useEffect(() => {
    void askTuning();
  }, []);
  const report = lastOf(asked);
  const { untunable = null, notice = null, tuning = null } = report ?? {};
  const going = progress !== null;
  return (
    <section className="self-test" aria-labelledby="tuned-kernels">
      <h2 id="tuned-kernels">Tuned kernels</h2>
      <p className="muted">
        Products of matrices are computed in <Explained id="tile">tiles</Explained>; which size is the fastest depends
        on the GPU and on the product. A <Explained id="tuning">tuning</Explained> times them for about three seconds,
        and whatever is computed here later takes the fastest. A GPU that has none is tuned once, while the page is left
        alone. All tiles give the same bits: results and links stay as they are.
      </p>
      {untunable !== null && <p>{asSentence(`Nothing to tune on this adapter: ${untunable}`)}</p>}
      {notice !== null && !going && <p className="callout warn">{asSentence(notice)}</p>}
      {report && untunable === null && <Actions report={report} />}
      <p role="status" className="muted">
        {going && `Timing: ${progress.done} of ${plural(progress.of, 'product')} done.`}
        {!going && report && untunable === null && notice === null && !tuning && 'Not tuned yet.'}
      </p>
      {going && (
        <progress className="tuning-progress" max={progress.of} value={progress.done} aria-label="Timed so far" />
      )}
      {asked.state === 'failed' && (
        <ErrorNote
          what="tuning"
          help={{ label: 'Try again', run: () => void (report ? tuneDevice() : askTuning()) }}
          onClose={closeError}
        >
          {`${report ? 'The tiles could not be timed' : 'What is kept could not be read'}: ${asked.error.message}`}
        </ErrorNote>
      )}
      {report && tuning && <Tuned tuning={tuning} usual={report.usual} />}
    </section>
  );
}

function Actions({ report: { tuning, notice } }: { report: TuningReport }) {
  const going = useTuning((state) => state.progress !== null);
  const busy = useRun((state) => isLive(state.status) && !isElsewhere(state));
  const isKept = tuning !== null || notice !== null;
  const tune = useRef<HTMLButtonElement>(null);
  const forget = async (): Promise<void> => {
    await forgetTuning(tuning);
    // The button that had the focus is gone.
    tune.current?.focus();
  };
  return (
    <div className="button-row">
      {going ? (
        <button type="button" className="button" onClick={() => void cancelTuning()}>
          Cancel
        </button>
      ) : (
        <button ref={tune} type="button" className="button" disabled={busy} onClick={() => void tuneDevice()}>
          {isKept ? 'Tune again' : 'Tune this GPU'}
        </button>
      )}
      {isKept && !going && (
        <button type="button" className="button plain" onClick={() => void forget()}>
          Forget
        </button>
      )}
      {busy && <span className="muted">A run has the device: stop it first.</span>}
    </div>
  );
}

function Tuned({ tuning, usual }: { tuning: Tuning; usual: readonly string[] }) {
  const { vendor, architecture, description } = tuning.adapter;
  const table = tileTable(tuning, usual);
  return (
    <>
      <p>
        Measured on {tuning.date} on {adapterWords({ ...tuning.adapter, software: false })}. {worth(tuningGain(table))}
        {`${vendor}${architecture}${description}` === '' &&
          ' This browser does not tell one graphics card from another: tune again when you change it.'}
      </p>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Time of each tile">
        <table className="tile-times">
          <thead>
            <tr>
              <th scope="col">Product</th>
              {table.columns.map((rows) => (
                <th key={rows} scope="col">
                  Tile of {rows}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(({ kind, sides, tiles }) => (
              <tr key={`${kind} ${sides}`}>
                <th scope="row">
                  {kind}
                  <span className="tile-sides muted small">{sides}</span>
                </th>
                {tiles.map((tile, at) =>
                  tile ? <TileTime key={table.columns[at]} tile={tile} /> : <td key={at}>–</td>,
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted small">
        Times of one product of rows × inner × columns; a bar is the time beside the slowest tile’s. ✓ is the fastest,
        which is taken; ○ is taken without a tuning.
      </p>
    </>
  );
}

function TileTime({ tile: { microseconds, share, isFastest, isUsual } }: { tile: TimedTile }) {
  return (
    <td className={isFastest ? 'tile-time fastest' : 'tile-time'} title={`${microseconds} µs`}>
      {formatMicroseconds(microseconds)}
      <span aria-hidden>{`${isFastest ? ' ✓' : ''}${isUsual ? ' ○' : ''}`}</span>
      {isFastest && <span className="hidden-text">, the fastest</span>}
      {isUsual && <span className="hidden-text">, taken without a tuning</span>}
      <span className="tile-bar" style={{ width: `${100 * share}%` }} aria-hidden />
    </td>
  );
}

function worth({ differ, of, saved }: TuningGain): string {
  if (of === 0) return '';
  if (differ === 0) return 'Without it the same tiles would be taken.';
  return `It changes the tile of ${differ} of ${plural(of, 'product')}; on average they take ${formatPercent(saved)} less time.`;
}
