import { useRef, type ReactNode } from 'react';
import { openExample, openCollection } from '../../store/benchmark';
import { FolderIcon } from '../kit/icons';
import './documents.css';
import { DropZone, picked } from './drop-zone';
import type { DroppedFolder } from './dropped';

const take = ({ name, files }: DroppedFolder): void => void openCollection(name, files);

/** An area to drop documents on, with a button to choose them. */
export function DocumentsDrop({ children }: { children?: ReactNode }) {
  return (
    <DropZone label="Open a collection" className="documents-drop" take={take}>
      <p>
        Drop a folder or files here, or choose them: texts (<code>.txt</code>, Markdown, HTML), tables (
        <code>.csv</code>, <code>.tsv</code>, <code>.jsonl</code>) or a collection in BEIR layout, also <code>.gz</code>{' '}
        or <code>.zip</code>. They are read in this browser and go nowhere else.
      </p>
      <ChooseDocuments primary />
      {children}
    </DropZone>
  );
}

/** Buttons that ask for a folder or for files, or open the example. */
export function ChooseDocuments({ primary = false }: { primary?: boolean }) {
  const input = useRef<HTMLInputElement | null>(null);
  const ask = (folder: boolean): void => {
    const element = input.current;
    if (!element) return;
    // React knows no attribute for it.
    element.webkitdirectory = folder;
    element.click();
  };
  return (
    <div className="button-row">
      <input
        ref={(element) => {
          input.current = element;
          if (element) element.webkitdirectory = true;
        }}
        type="file"
        multiple
        hidden
        aria-label="Documents"
        onChange={(event) => {
          picked(event, take);
          // As it was, for whoever sets the input without a click.
          event.currentTarget.webkitdirectory = true;
        }}
      />
      <button type="button" className={primary ? 'button primary' : 'button'} onClick={() => ask(true)}>
        <FolderIcon />
        {primary ? 'Choose a folder' : 'Open another folder'}
      </button>
      <button type="button" className="button" onClick={() => ask(false)}>
        Choose files
      </button>
      <button
        type="button"
        className="button"
        title="48 short texts that were written for the lab, in the public domain (CC0), with 20 queries"
        onClick={() => void openExample()}
      >
        Open the example
      </button>
    </div>
  );
}
