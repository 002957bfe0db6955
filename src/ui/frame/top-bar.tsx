import { PRESETS } from '../../config/presets';
import { stepWords } from '../../config/stages';
import { lab } from '../../store/lab';
import { usePreferences, type Theme } from '../../store/preferences';
import { isElsewhere, isLive, useBusy, useRan, useRun } from '../../store/run';
import { useSession } from '../../store/session';
import { useRunShown } from '../../store/shown';
import { streams } from '../../store/streams';
import { formatCount, formatDuration, formatPercent } from '../../view/format';
import { SPEED } from '../../view/metrics';
import { IconButton } from '../kit/icon-button';
import { PauseIcon, PlayIcon, StepIcon, StopIcon, ThemeIcon } from '../kit/icons';
import { useTick } from '../kit/use-tick';
import { ChangesButton } from '../session/changes-button';
import { PresetPicker } from '../session/preset-picker';
import { ShareButton } from '../share/share-button';
import { startRun, stepRun, useRunObstacle } from './commands';
import { mend } from './mend';
import { STATUS_WORDS } from './run-strip';
import './top-bar.css';

/** The bar at the top: the session's title and preset, the run's status, controls and progress, and Share. */
export function TopBar() {
  return (
    <header className="topbar">
      <img className="brand" src="./icon.svg" alt="" />
      <Title />
      <span className="group only-broad">
        <PresetPicker />
        <ChangesButton />
      </span>
      <span className="spacer" />
      <Status />
      <Controls />
      <Progress />
      <span className="spacer only-broad" />
      <span className="group">
        <ShareButton />
        <ThemeButton />
      </span>
    </header>
  );
}

function Title() {
  const title = useSession((state) => state.session.title);
  const preset = useSession((state) => state.preset);
  const edit = useSession((state) => state.edit);
  const placeholder = PRESETS.find(({ name }) => name === preset)?.title ?? 'Untitled';
  return (
    <input
      className="title-input"
      aria-label="Title of the session"
      title="Title of the session"
      value={title}
      placeholder={placeholder}
      maxLength={80}
      spellCheck={false}
      // Only what the title may hold: one line.
      onChange={(event) => edit('title', event.target.value.replace(/[\p{Cc}\p{Cs}]/gu, ''))}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}

function Status() {
  const status = useRun((state) => state.status);
  const elsewhere = useRun(isElsewhere);
  const hasRun = useRun(({ status }) => status !== 'ready');
  const shown = useRunShown();
  const isStale = hasRun && !shown;
  return (
    <span className="status">
      <span className={`dot ${isStale ? 'ready' : status}`} aria-hidden="true" />
      <span className="broad-text">{isStale ? 'not run yet' : STATUS_WORDS[status]}</span>
      {elsewhere && <span className="muted only-broad"> in another tab</span>}
    </span>
  );
}

function Controls() {
  const status = useRun((state) => state.status);
  const busy = useBusy((state) => state.busy);
  const obstacle = useRunObstacle();
  const elsewhere = useRun(isElsewhere);
  const shown = useRunShown();
  const live = isLive(status) && !elsewhere;
  const stepping = status === 'running' || status === 'paused';
  return (
    <span className="group" role="group" aria-label="Run">
      {!live && (
        <button
          type="button"
          className="button primary"
          disabled={busy || obstacle !== null}
          title={obstacle?.reason ?? 'Run this session (Space)'}
          onClick={startRun}
        >
          <PlayIcon />
          {status === 'ready' || !shown ? 'Run' : 'Run again'}
        </button>
      )}
      {!live && obstacle?.place && (
        <button
          type="button"
          className="link-button obstacle-jump"
          title={`${obstacle.reason} ${obstacle.place.label}`}
          onClick={() => obstacle.place && mend(obstacle.place)}
        >
          {obstacle.place.label}
        </button>
      )}
      {live && status !== 'paused' && (
        <button
          type="button"
          className="button"
          disabled={busy || status === 'preparing'}
          onClick={() => void lab.pause()}
        >
          <PauseIcon />
          Pause
        </button>
      )}
      {live && status === 'paused' && (
        <button type="button" className="button primary" disabled={busy} onClick={() => void lab.unpause()}>
          <PlayIcon />
          Resume
        </button>
      )}
      {live && (
        <>
          <IconButton label="One step" disabled={busy || !stepping} onClick={stepRun}>
            <StepIcon />
          </IconButton>
          <IconButton label="Stop" onClick={() => void lab.stop()}>
            <StopIcon />
          </IconButton>
        </>
      )}
    </span>
  );
}

function Progress() {
  useTick();
  const plan = useRan((ran) => ran.plan);
  const status = useRun((state) => state.status);
  if (!isLive(status)) return null;
  if (!plan || plan.totalSteps === 0) return <span className="progress" />;
  const share = streams.lastStep() / plan.totalSteps;
  const left = status === 'running' ? lab.pace?.left() : undefined;
  const speed = streams.latest(SPEED);
  return (
    <span className="progress" title={stepWords(plan.stages, Math.max(1, streams.lastStep()))}>
      <span
        className="progress-track"
        role="progressbar"
        aria-label="Progress of the run"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
      >
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span>
        {formatPercent(Math.floor(share * 100) / 100)}
        {left !== undefined && <span className="only-broad"> · {formatDuration(left)} left</span>}
      </span>
      {speed !== undefined && <span className="muted only-wide">{formatCount(speed)} tokens/s</span>}
    </span>
  );
}

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };

function ThemeButton() {
  const theme = usePreferences((state) => state.theme);
  const change = usePreferences((state) => state.change);
  const next = NEXT_THEME[theme];
  return (
    <IconButton label={`Theme: ${theme}. Switch to ${next}`} onClick={() => change({ theme: next })}>
      <ThemeIcon />
    </IconButton>
  );
}
