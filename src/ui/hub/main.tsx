import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { takeStoredTheme } from '../kit/stored-theme';
import { HubPage } from './hub-page';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/shared.css';

// Starts the hub's page (hub.html).

const root = document.getElementById('root');
if (!root) throw new Error('hub.html has no #root');
takeStoredTheme();
createRoot(root).render(
  <StrictMode>
    <HubPage wanted={decodeURIComponent(location.hash.slice(1))} />
  </StrictMode>,
);
