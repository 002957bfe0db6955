import { useEffect } from 'react';
import type { KeptKind } from '../../host/browser/api';
import { askToKeep } from '../../store/persistence';
import { readRuns } from '../../store/run-list';
import { useRuns } from '../../store/runs';
import { formatBytes } from '../../view/format';

const KEPT: readonly { kind: KeptKind; label: string; title: string }[] = [
  { kind: 'runs', label: 'runs', title: 'With their curves, traces and last checkpoints' },
  { kind: 'models', label: 'models', title: 'Opened in Models, kept until they are deleted there' },
  { kind: 'documents', label: 'documents', title: 'Your own, that a kept run trains on; they go with the last such run' },
  { kind: 'embeddings', label: 'embeddings', title: 'Of collections, kept so that they open at once; they make room by themselves' },
  { kind: 'tunings', label: 'tunings', title: 'Which kernels are the fastest on this GPU; forgotten in Device' },
]; // prettier-ignore

/** All that this browser keeps for the page, by what it is, beside what it allows. */
export function StorageUse() {
  const storage = useRuns((state) => state.storage);
  useEffect(() => {
    if (!useRuns.getState().storage) void readRuns();
  }, []);
  if (!storage) return null;
  if (storage.denied !== null) {
    return (
      <p className="callout warn" role="status">
        This browser keeps nothing for this page, as in a private window. Runs and models work and are listed here; they
        are gone when the page is closed, unless you export them.
      </p>
    );
  }
  const kept = KEPT.filter(({ kind }) => storage.kept[kind] > 0);
  return (
    <p className="muted">
      {kept.length === 0 ? (
        'Nothing is kept here yet.'
      ) : (
        <>
          Kept here:{' '}
          {kept.map(({ kind, label, title }, i) => (
            <span key={kind} title={title}>
              {i > 0 && ', '}
              {label} {formatBytes(storage.kept[kind])}
            </span>
          ))}
          .
        </>
      )}
      {storage.quota > 0 &&
        ` This site uses ${formatBytes(storage.usage)} of the ${formatBytes(storage.quota)} that the browser allows.`}{' '}
      <Persistence /> Nothing leaves this device.
    </p>
  );
}

/** Whether the browser may delete the stored data, with a button to ask it not to. */
function Persistence() {
  const persisted = useRuns((state) => state.persisted);
  if (persisted === null) return null;
  if (persisted) return <>The browser has agreed to keep it until you delete it.</>;
  return (
    <>
      The browser may remove it when room runs short, some after seven days without a visit: export what matters, or{' '}
      <button type="button" className="link-button" onClick={() => void askToKeep()}>
        ask it to keep it
      </button>
      .
    </>
  );
}
