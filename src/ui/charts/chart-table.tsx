import { formatNumber } from '../../view/format';

const MOST_ROWS = 200;

interface ChartTableProps {
  title: string;
  header: readonly string[];
  columns: readonly Float64Array[];
  height: number;
}

/** A chart's values, newest first; the CSV has all of them. */
export function ChartTable({ title, header, columns, height }: ChartTableProps) {
  const count = columns[0]?.length ?? 0;
  const rows = Array.from({ length: Math.min(MOST_ROWS, count) }, (_, back) => count - 1 - back);
  return (
    <div className="chart-table" style={{ height }} tabIndex={0} role="region" aria-label={`Table: ${title}`}>
      <table>
        <caption className="hidden-text">
          {title}, the newest {rows.length} of {count} rows
        </caption>
        <thead>
          <tr>
            {header.map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((at) => (
            <tr key={at}>
              {columns.map((column, series) => (
                <td key={header[series]} className="number" title={String(column[at])}>
                  {Number.isNaN(column[at]!) ? '–' : formatNumber(column[at]!)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
