import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { takeStoredTheme } from '../kit/stored-theme';
import { SpeedPage } from './speed-page';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/shared.css';

// Starts the speed page (speed.html).

const root = document.getElementById('root');
if (!root) throw new Error('speed.html has no #root');
takeStoredTheme();
createRoot(root).render(
  <StrictMode>
    <SpeedPage tiny={location.hash === '#tiny'} />
  </StrictMode>,
);
