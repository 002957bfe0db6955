import { usePage } from '../../store/page';
import { usePreferences } from '../../store/preferences';
import { HelpIcon, SlidersIcon } from '../kit/icons';
import { NARROW, useMedia } from '../kit/use-media';
import { VIEWS } from '../views/registry';

/** The rail at the left: a button for every view, and one for the session panel. */
export function Rail() {
  const current = usePage((state) => state.view);
  const show = usePage((state) => state.show);
  const sheet = usePage((state) => state.sheet);
  const sessionOpen = usePreferences((state) => state.sessionOpen);
  const change = usePreferences((state) => state.change);
  const narrow = useMedia(NARROW);

  return (
    <nav className="rail" aria-label="Views">
      {VIEWS.map(({ id, label, icon: Icon }) => (
        <button
          key={id}
          type="button"
          className="rail-button"
          aria-current={id === current ? 'page' : undefined}
          onClick={() => show({ view: id })}
        >
          <Icon />
          {label}
        </button>
      ))}
      <span className="spacer" />
      <button
        type="button"
        className="rail-button"
        aria-pressed={narrow ? sheet : sessionOpen}
        onClick={() => (narrow ? show({ sheet: true }) : change({ sessionOpen: !sessionOpen }))}
      >
        <SlidersIcon />
        Session
      </button>
      <button type="button" className="rail-button" onClick={() => show({ help: true })}>
        <HelpIcon />
        Help
      </button>
    </nav>
  );
}
