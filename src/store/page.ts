import { create } from 'zustand';
import type { OpenedLink } from './shared-session';

/** What lies over the frame or stands in its middle. */
interface PageState {
  view: string;
  palette: boolean;
  help: boolean;
  /** What there is to know about the session's task. */
  about: boolean;
  /** The recorded results. */
  gallery: boolean;
  share: boolean;
  /** The session as a sheet, on a narrow page. */
  sheet: boolean;
  json: boolean;
  /** A field to scroll to and focus, asked for by the palette. */
  wantedField: string | null;
  /** A link that was opened, until the user takes its session or closes the question. */
  opened: OpenedLink | null;
  /** The last link that was opened: what a run of it is held against, and what it wants looked at. */
  arrived: OpenedLink | null;
  /** Why a link could not be opened. */
  brokenLink: string | null;
  show: (changes: Partial<Omit<PageState, 'show'>>) => void;
}

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
