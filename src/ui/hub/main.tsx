import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { HubPage } from './hub-page';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/hub.css';

const root = document.getElementById('root');
if (!root) throw new Error('hub.html has no #root');
const theme = storedTheme();
if (theme !== null) document.documentElement.dataset['theme'] = theme;
createRoot(root).render(
  <StrictMode>
    <HubPage wanted={decodeURIComponent(location.hash.slice(1))} />
  </StrictMode>,
);

/** As it was chosen in the lab. */
function storedTheme(): string | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem('search-r3-lab') ?? '{}');
    const found: unknown = typeof stored === 'object' && stored !== null ? Reflect.get(stored, 'theme') : null;
    return found === 'light' || found === 'dark' ? found : null;
  } catch {
    return null;
  }
}
