import { Suspense, useLayoutEffect } from 'react';
import { usePage } from '../store/page';
import { usePreferences } from '../store/preferences';
import { PageFrame } from './frame/frame';
import { useKeys } from './frame/keys';
import { Announcer } from './frame/announcer';
import { DocumentTitle } from './frame/document-title';
import { GalleryDialog } from './gallery/gallery-dialog';
import { Help } from './palette/help';
import { Palette } from './palette/palette';
import { TaskDialog } from './session/task-dialog';

/** The whole page: its frame with the view that is open, and what lies over it. */
export function App() {
  const theme = usePreferences((state) => state.theme);
  const palette = usePage((state) => state.palette);
  const help = usePage((state) => state.help);
  const about = usePage((state) => state.about);
  const gallery = usePage((state) => state.gallery);
  useKeys();
  // Before the charts' own effects, which read the theme's colours.
  useLayoutEffect(() => {
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);

  return (
    <>
      <PageFrame />
      <Announcer />
      <DocumentTitle />
      <Suspense>
        {palette && <Palette />}
        {help && <Help />}
        {about && <TaskDialog />}
        {gallery && <GalleryDialog />}
      </Suspense>
    </>
  );
}
