import { create } from 'zustand';
import type { OpenedLink } from './shared-session';

/** What lies over the page's frame or stands in its middle: dialogs, sheets and an opened link. */
interface PageState {
  view: string;
  palette: boolean;
  help: boolean;
  /** Whether the description of the session's task is open. */
  about: boolean;
  /** Whether the gallery of recorded results is open. */
  gallery: boolean;
  share: boolean;
  /** Whether the session is open as a sheet, on a narrow page. */
  sheet: boolean;
  json: boolean;
  /** A field to scroll to and focus, as the palette requests it. */
  wantedField: string | null;
  /** A link that was opened, until the user takes its session or closes the dialog. */
  opened: OpenedLink | null;
  /** The last link that was opened: a run of it is compared with its claim, and it names what to show. */
  arrived: OpenedLink | null;
  /** The reason why a link could not be opened. */
  brokenLink: string | null;
  show: (changes: Partial<Omit<PageState, 'show'>>) => void;
}

/** The view that is open, and what lies over the page. */
export const usePage = create<PageState>()((set) => ({
  view: 'run',
  palette: false,
  help: false,
  about: false,
  gallery: false,
  share: false,
  sheet: false,
  json: false,
  wantedField: null,
  opened: null,
  arrived: null,
  brokenLink: null,
  show: (changes) => set(changes),
}));
