import { useState, type ChangeEvent, type DragEvent, type ReactNode } from 'react';
import { messageOf } from '../../lib/errors';
import { useToasts } from '../../store/toasts';
import './drop-zone.css';
import { droppedFolder, pickedFolder, type DroppedFolder } from './dropped';

const refuse = (error: unknown): void =>
  useToasts.getState().say(`What was chosen could not be read: ${messageOf(error)}.`);

/** Passes the files of a file input's change to `take`. */
export function picked({ target }: ChangeEvent<HTMLInputElement>, take: (chosen: DroppedFolder) => void): void {
  try {
    if (target.files && target.files.length > 0) take(pickedFolder(target.files));
  } catch (error) {
    refuse(error);
  }
  // The same may be chosen again, once it was mended.
  target.value = '';
}

interface DropZoneProps {
  label: string;
  className: string;
  take: (dropped: DroppedFolder) => void;
  children: ReactNode;
}

/** An area to drop a folder or files on; it is marked while they are over it. */
export function DropZone({ label, className, take, children }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    droppedFolder(event.dataTransfer.items).then(take, refuse);
  };
  return (
    <section
      className={`drop-zone ${className}${over ? ' over' : ''}`}
      aria-label={label}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {children}
    </section>
  );
}
