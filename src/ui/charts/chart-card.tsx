import { DropdownMenu } from 'radix-ui';
import { useRef, useState, type ReactNode } from 'react';
import { useHover } from '../../store/hover';
import { useToasts } from '../../store/toasts';
import { useSelection } from '../../store/selection';
import { toCsv } from '../../view/csv';
import { formatNumber } from '../../view/format';
import { CopyIcon, DownloadIcon } from '../kit/icons';
import { IconButton } from '../kit/icon-button';
import { Menu } from '../kit/pop';
import { GlossaryTerm } from '../kit/term';
import type { ChartData } from './chart-data';
import { ChartTable } from './chart-table';
import { Plot } from './plot';
import { saveChart } from './save-chart';
import { Swatch } from './swatch';
import { resetZoom, useZoom } from '../../store/zoom';
import './charts.css';

interface ChartCardProps {
  title: string;
  about: string;
  chart: ChartData;
  version: number;
  total: number;
  height?: number;
  range?: readonly [number, number] | undefined;
  small?: boolean;
  logToggle?: boolean;
  /** Kept on top of the others; absent where it cannot be. */
  pin?: { isPinned: boolean; toggle: () => void };
  /** Level of its heading. */
  level?: 'h2' | 'h3';
  /** Its id, by which other elements refer to it. */
  id?: string;
  isMarked?: boolean;
  /** Shown in the chart's place while it has no values. */
  empty: ReactNode;
}

/** A chart with its title, its newest values, its table and its CSV. */
export function ChartCard(props: ChartCardProps) {
  const {
    title,
    about,
    chart,
    version,
    total,
    height = 220,
    range,
    small = false,
    logToggle = false,
    pin,
    level: Heading = 'h2',
    empty,
  } = props;
  const [table, setTable] = useState(false);
  const [log, setLog] = useState(false);
  const zoomed = useZoom((state) => state.steps);
  const held = useSelection((state) => state.step);
  const { header, columns } = chart.full;
  const hasValues = chart.series.length > 0 && (columns[0]?.length ?? 0) > 0;
  const steps = zoomed ?? ([1, Math.max(2, total)] as const);
  const scale = useRef<readonly [low: number, high: number] | null>(null);

  const copy = (): void => {
    navigator.clipboard.writeText(toCsv(header, columns)).then(
      () => useToasts.getState().say(`Copied ${title} as CSV, ${columns[0]?.length ?? 0} rows.`),
      () => useToasts.getState().say('The browser did not allow copying.'),
    );
  };

  return (
    <figure id={props.id} className={`chart-card${small ? ' small' : ''}${props.isMarked ? ' marked' : ''}`}>
      <figcaption className="chart-head">
        <Heading>
          <GlossaryTerm label={title} text={about}>
            {title}
          </GlossaryTerm>
        </Heading>
        <span className="chart-now">{hasValues && <Now chart={chart} step={held} small={small} />}</span>
        {hasValues && (
          <span className="chart-tools">
            {logToggle && (
              <button type="button" className="tool" aria-pressed={log} onClick={() => setLog(!log)}>
                log
              </button>
            )}
            {zoomed && !small && (
              <button type="button" className="tool" onClick={resetZoom}>
                whole run
              </button>
            )}
            <button type="button" className="tool" aria-pressed={table} onClick={() => setTable(!table)}>
              table
            </button>
            <IconButton label={`Copy ${title} as CSV`} className="tool-icon" onClick={copy}>
              <CopyIcon />
            </IconButton>
            {pin && (
              <button
                type="button"
                className="tool"
                aria-pressed={pin.isPinned}
                aria-label={`Pin ${title}`}
                title={pin.isPinned ? 'Back to its group' : 'Keep it on top'}
                onClick={pin.toggle}
              >
                pin
              </button>
            )}
            {!small && (
              <SaveMenu
                title={title}
                save={(format) => {
                  const drawn = table ? null : scale.current;
                  return saveChart({ title, chart, steps, range: drawn ?? (log ? undefined : range), log }, format);
                }}
              />
            )}
          </span>
        )}
      </figcaption>
      {!hasValues ? (
        <div className="chart-empty" style={{ height }}>
          {empty}
        </div>
      ) : table ? (
        <ChartTable title={title} header={header} columns={columns} height={height} />
      ) : (
        <div role="img" aria-label={`${title}. ${about} ${spoken(chart)}`}>
          <Plot
            chart={chart}
            version={version}
            height={height}
            log={log}
            small={small}
            steps={steps}
            range={range}
            onScale={(low, high) => (scale.current = [low, high])}
          />
        </div>
      )}
    </figure>
  );
}

interface SaveMenuProps {
  title: string;
  save: (format: 'svg' | 'png') => Promise<void>;
}

function SaveMenu({ title, save }: SaveMenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton label={`Save ${title} as a picture`} className="tool-icon">
          <DownloadIcon />
        </IconButton>
      </DropdownMenu.Trigger>
      <Menu align="end">
        {(['svg', 'png'] as const).map((format) => (
          <DropdownMenu.Item key={format} className="menu-item" onSelect={() => void save(format)}>
            {format.toUpperCase()}
          </DropdownMenu.Item>
        ))}
      </Menu>
    </DropdownMenu.Root>
  );
}

/** The values at the step that is pointed at, else at the one in view, else the newest. */
function Now({ chart, step, small }: { chart: ChartData; step: number | null; small: boolean }) {
  const pointed = useHover((state) => state.step);
  const at = placeOf(chart, pointed ?? step);
  return (
    <>
      {chart.series.map(({ label, color, dash, stays = false }, series) => {
        const value = valueAt(chart, series, at);
        if (value === undefined && !stays) return null;
        return (
          <span
            key={series}
            className="legend"
            title={`${label}: ${value === undefined ? 'no value here' : String(value)}`}
          >
            {(!small || stays) && <Swatch color={color} dash={dash} />}
            {!small ? label : stays && <span className="hidden-text">{label}</span>}{' '}
            <strong>{value === undefined ? '–' : formatNumber(value)}</strong>
          </span>
        );
      })}
    </>
  );
}

function placeOf({ full }: ChartData, step: number | null): number {
  const steps = full.columns[0]!;
  if (step === null) return steps.length - 1;
  let at = steps.length - 1;
  while (at > 0 && steps[at]! > step) at--;
  return at;
}

/** The series' value at a step, or at the last step before that had one, within the same stage. */
function valueAt({ full }: ChartData, series: number, from: number): number | undefined {
  const values = full.columns[series + 1];
  if (!values) return undefined;
  for (let at = from; at >= 0 && at > from - 4; at--) {
    const value = values[at];
    if (value !== undefined && !Number.isNaN(value)) return value;
  }
  return undefined;
}

function spoken(chart: ChartData): string {
  const at = (chart.full.columns[0]?.length ?? 1) - 1;
  const parts = chart.series.flatMap(({ label }, series) => {
    const value = valueAt(chart, series, at);
    return value === undefined ? [] : [`${label} ${formatNumber(value)}`];
  });
  return `At step ${chart.full.columns[0]?.[at] ?? 0}: ${parts.join(', ')}.`;
}
