import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PUBLISHED_META } from '../config/published-meta';
import { createClient } from '../host/browser/client';
import { watchDocuments } from '../store/documents';
import { lab } from '../store/lab';
import { usePage } from '../store/page';
import { openPublished } from '../store/published';
import { readQueue } from '../store/queue';
import { followRuns } from '../store/run-list';
import { tuneUnasked } from '../store/tuning';
import { App } from './app';
import { watchScreenLock } from './frame/screen-lock';
import { watchForks } from './share/fork';
import { openFragment, watchFragment } from './share/fragment';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shared.css';
import './styles/forced-colors.css';

/** The run that the address names (`?run=`), or else the one that this page was published with, unless a link was opened. */
function publishedPath(): string | null {
  const own = document.querySelector<HTMLMetaElement>(`meta[name="${PUBLISHED_META}"]`)?.content ?? null;
  return new URLSearchParams(location.search).get('run') ?? (usePage.getState().opened ? null : own);
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

openFragment(location.hash);
watchFragment();
watchForks();
watchScreenLock();
lab.connectTo(createClient, 'gpu' in navigator);
watchDocuments();
followRuns();
readQueue();
if ('gpu' in navigator) void tuneUnasked();
void openPublished(publishedPath());
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
