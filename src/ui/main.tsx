import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '../host/browser/client';
import { watchDocuments } from '../store/documents';
import { lab } from '../store/lab';
import { openPublished } from '../store/published';
import { followRuns } from '../store/run-list';
import { App } from './app';
import { watchForks } from './share/fork';
import { openFragment, watchFragment } from './share/fragment';
import './styles/tokens.css';
import './styles/base.css';
// Before the frame, whose narrower layouts change it.
import './styles/timeline.css';
import './styles/frame.css';
import './styles/session.css';
import './styles/task.css';
import './styles/run.css';
import './styles/search.css';
import './styles/overlays.css';
import './styles/forced-colors.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

openFragment(location.hash);
watchFragment();
watchForks();
lab.connectTo(createClient, 'gpu' in navigator);
watchDocuments();
followRuns();
void openPublished(location.search);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
