import { Dialog } from 'radix-ui';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { usePage } from '../../store/page';
import { filterBy } from '../../view/filter';
import { useReturnFocus } from '../kit/return-focus';
import { NARROW, useMedia } from '../kit/use-media';
import { paletteEntries, type Entry } from './entries';
import '../kit/overlays.css';
import './palette.css';

const MOST = 40;

/** Finds a setting, preset, view or action by a few letters. */
export function Palette() {
  const show = usePage((state) => state.show);
  const narrow = useMedia(NARROW);
  const entries = useMemo(() => paletteEntries(narrow), [narrow]);
  const [query, setQuery] = useState('');
  const returnFocus = useReturnFocus();
  const taken = useRef<Entry | null>(null);
  const closed = (event: Event): void => {
    returnFocus(event);
    // Only now, because it may move the focus itself.
    taken.current?.run();
  };
  const [at, setAt] = useState(0);
  const found = useMemo(() => filterBy(entries, query).slice(0, MOST), [entries, query]);
  const active = Math.min(at, found.length - 1);

  const take = (entry: Entry | undefined): void => {
    if (!entry) return;
    taken.current = entry;
    show({ palette: false });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') take(found[active]);
    else if (event.key === 'ArrowDown') setAt(Math.min(found.length - 1, active + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, active - 1));
    else return;
    event.preventDefault();
  };

  return (
    <Dialog.Root open onOpenChange={(palette) => show({ palette })}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="palette" aria-describedby={undefined} onCloseAutoFocus={closed}>
          <Dialog.Title className="hidden-text">Find anything</Dialog.Title>
          <input
            className="palette-input"
            role="combobox"
            aria-label="Find a setting, preset, view or action"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={found[active] ? `palette-${active}` : undefined}
            autoComplete="off"
            spellCheck={false}
            placeholder="Find a setting, preset, view or action"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setAt(0);
            }}
            onKeyDown={onKeyDown}
          />
          <div id="palette-list" className="palette-list" role="listbox" aria-label="Found" tabIndex={-1}>
            {found.map((entry, place) => (
              <div
                key={entry.id}
                id={`palette-${place}`}
                role="option"
                aria-selected={place === active}
                className="palette-entry"
                ref={place === active ? scrollIntoView : undefined}
                onClick={() => take(entry)}
                onPointerMove={() => setAt(place)}
              >
                <span>{entry.label}</span>
                <span className="muted small">{entry.kind}</span>
              </div>
            ))}
          </div>
          {found.length === 0 && <p className="palette-none muted">Nothing is called that.</p>}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const scrollIntoView = (element: HTMLElement | null): void => {
  element?.scrollIntoView({ block: 'nearest' });
};
