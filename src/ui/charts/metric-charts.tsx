import { usePreferences } from '../../store/preferences';
import { isWanted, metricGroups, metricInfo } from '../../view/metrics';
import { ChevronIcon, DownIcon } from '../kit/icons';
import { ChartCard } from './chart-card';
import type { ChartData } from './chart-data';
import './charts.css';

interface MetricChartsProps {
  names: readonly string[];
  /** Words that a chart has to have to be shown; all where empty. */
  query: string;
  chart: (name: string) => ChartData;
  version: number;
  total: number;
}

/** A small chart a metric: the pinned ones, then the rest by group. */
export function MetricCharts({ names, query, chart, version, total }: MetricChartsProps) {
  const { pinnedCharts, closedCharts, togglePin, toggleCharts } = usePreferences();
  const groups = metricGroups(names);
  const wanted = (name: string): boolean => {
    const { label, meaning } = metricInfo(name);
    return isWanted(query, label, name, meaning);
  };
  const pinned = groups.flatMap(({ names: own }) => own).filter((name) => pinnedCharts.includes(name) && wanted(name));
  const card = (name: string) => {
    const { label, unit, meaning } = metricInfo(name);
    return (
      <ChartCard
        key={name}
        version={version}
        total={total}
        small
        level="h3"
        title={unit ? `${label}, ${unit}` : label}
        about={meaning === name ? meaning : `${meaning} ${name}`}
        height={96}
        chart={chart(name)}
        pin={{ isPinned: pinnedCharts.includes(name), toggle: () => togglePin(name) }}
        empty={null}
      />
    );
  };
  return (
    <>
      {pinned.length > 0 && (
        <section className="chart-group" aria-labelledby="charts-pinned">
          <h2 id="charts-pinned">Pinned</h2>
          <div className="charts-small">{pinned.map(card)}</div>
        </section>
      )}
      {groups.map(({ id, title, names: own }) => {
        const rest = own.filter((name) => !pinnedCharts.includes(name) && wanted(name));
        if (rest.length === 0) return null;
        // A chart that the search matches is never hidden.
        const open = query !== '' || !closedCharts.includes(id);
        return (
          <section key={id} className="chart-group" aria-labelledby={`charts-${id}`}>
            <h2 id={`charts-${id}`}>
              <button type="button" className="group-toggle" aria-expanded={open} onClick={() => toggleCharts(id)}>
                {open ? <DownIcon /> : <ChevronIcon />}
                {title} <span className="muted">{rest.length}</span>
              </button>
            </h2>
            {open && <div className="charts-small">{rest.map(card)}</div>}
          </section>
        );
      })}
    </>
  );
}
