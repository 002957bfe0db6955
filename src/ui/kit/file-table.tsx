import { formatBytes } from '../../view/format';

/** Files by name and size. */
export function FileTable({ files }: { files: readonly { name: string; bytes: number }[] }) {
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label="Files">
      <table>
        <tbody>
          {files.map(({ name, bytes }) => (
            <tr key={name}>
              <th scope="row" className="mono">
                {name}
              </th>
              <td className="number">{formatBytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
