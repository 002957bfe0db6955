import { useRef, useState, type DragEvent } from 'react';
import { openFolder } from '../../../store/benchmark';
import { messageOf } from '../../../store/lab';
import { useToasts } from '../../../store/toasts';
import { FolderIcon } from '../../kit/icons';
import { droppedFolder, pickedFolder, type DroppedFolder } from './dropped';

const take = ({ name, files }: DroppedFolder): void => void openFolder(name, files);

/** Where a folder is dropped, or chosen by a button. */
export function FolderDrop() {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    droppedFolder(event.dataTransfer.items).then(take, (error: unknown) =>
      useToasts.getState().say(`What was dropped could not be read: ${messageOf(error)}.`),
    );
  };
  return (
    <section
      className={`folder-drop${over ? ' over' : ''}`}
      aria-label="Open a collection"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p>Drop a folder in BEIR layout here, or choose one. It is read in this browser and goes nowhere else.</p>
      <ChooseFolder primary />
      <dl className="pairs layout-pairs">
        <dt>
          <code>corpus.jsonl</code>
        </dt>
        <dd>
          <code>{'{"_id": "d1", "title": "…", "text": "…"}'}</code> a line
        </dd>
        <dt>
          <code>queries.jsonl</code>
        </dt>
        <dd>
          <code>{'{"_id": "q1", "text": "…"}'}</code> a line
        </dd>
        <dt>
          <code>qrels/test.tsv</code>
        </dt>
        <dd>query, document and grade, separated by tabs; a file for each split</dd>
      </dl>
    </section>
  );
}

/** A button that asks for a folder. */
export function ChooseFolder({ primary = false }: { primary?: boolean }) {
  const input = useRef<HTMLInputElement | null>(null);
  return (
    <div>
      <input
        ref={(element) => {
          input.current = element;
          // React knows no attribute for it.
          if (element) element.webkitdirectory = true;
        }}
        type="file"
        hidden
        aria-label="Folder in BEIR layout"
        onChange={({ target }) => {
          if (target.files && target.files.length > 0) take(pickedFolder(target.files));
          // The same folder may be chosen again, once it was mended.
          target.value = '';
        }}
      />
      <button type="button" className={primary ? 'button primary' : 'button'} onClick={() => input.current?.click()}>
        <FolderIcon />
        {primary ? 'Choose a folder' : 'Open another folder'}
      </button>
    </div>
  );
}
