import { useRef } from 'react';
import type { AddProgress } from '../../../host/browser/api';
import { addModel, cancelAdding } from '../../../store/models';
import { formatBytes } from '../../../view/format';
import { DropZone, picked } from '../../documents/drop-zone';
import type { DroppedFolder } from '../../documents/dropped';
import { FolderIcon } from '../../kit/icons';

const take = ({ name, files }: DroppedFolder): void => void addModel(name, files);

/**
 * An area to drop a model on, with a button to choose one.
 * @param isFirst whether there is no model yet, so that it says more.
 */
export function AddModel({ isFirst }: { isFirst: boolean }) {
  return (
    <DropZone label="Open a model" className="model-drop" take={take}>
      <p>
        {isFirst ? 'No models yet. ' : ''}Drop a model here, or choose one: a <strong>folder</strong> in Hugging Face
        layout (<code>config.json</code>, <code>model.safetensors</code>, whole or in shards,{' '}
        <code>tokenizer.json</code>) or a <strong>.gguf file</strong>.
      </p>
      {isFirst && (
        <p className="muted">
          Read are <code>llama</code>, <code>qwen2</code> and <code>qwen3</code>; weights in f32, f16, bf16, and of GGUF
          Q8_0, Q4_0, Q4_1 as they are, Q4_K, Q5_K, Q6_K, Q5_0 and Q5_1 unpacked. It is copied into this browser’s own
          storage, stays there until you delete it, and goes nowhere else.
        </p>
      )}
      <Buttons />
    </DropZone>
  );
}

function Buttons() {
  const folder = useRef<HTMLInputElement | null>(null);
  const file = useRef<HTMLInputElement>(null);
  return (
    <div className="button-row">
      <input
        ref={(element) => {
          folder.current = element;
          // React knows no attribute for it.
          if (element) element.webkitdirectory = true;
        }}
        type="file"
        multiple
        hidden
        aria-label="Model folder"
        onChange={(event) => picked(event, take)}
      />
      <input
        ref={file}
        type="file"
        accept=".gguf"
        multiple
        hidden
        aria-label="GGUF file"
        onChange={(event) => picked(event, take)}
      />
      <button type="button" className="button primary" onClick={() => folder.current?.click()}>
        <FolderIcon />
        Choose a folder
      </button>
      <button type="button" className="button" onClick={() => file.current?.click()}>
        Choose a GGUF file
      </button>
      {HUB !== null && (
        <a
          className="button"
          href="./hub.html"
          target="_blank"
          rel="noreferrer"
          title="Opens another page, which asks before it fetches"
        >
          Fetch from {HUB.replace(/^https?:\/\//, '')}
        </a>
      )}
    </div>
  );
}

/** A model on its way here. */
export function Adding({ name, progress }: { name: string; progress: AddProgress | null }) {
  const share = progress && progress.of > 0 ? progress.done / progress.of : 0;
  return (
    <section className="model-adding" aria-label="Adding a model">
      <p role="status">
        {progress
          ? `Copying ${name}: ${formatBytes(progress.done)} of ${formatBytes(progress.of)}.`
          : `Reading ${name}.`}
      </p>
      <progress max={1} value={share} aria-label={`Copying ${name}`} />
      <span className="muted small mono">{progress?.file}</span>
      <button type="button" className="button" onClick={() => void cancelAdding()}>
        Cancel
      </button>
    </section>
  );
}
