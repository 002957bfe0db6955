import './token-line.css';
import type { SearchHit } from '../../../host/browser/api';
import { lab } from '../../../store/lab';
import { formatScore } from '../../../view/format';
import { RightIcon } from '../../kit/icons';
import '../search/search.css';

/** The documents nearest to an embedding; each opens its card. */
export function NearestDocuments({ hits }: { hits: readonly SearchHit[] }) {
  return (
    <ol className="nearest">
      {hits.map(({ document, text, score, relevant }, place) => (
        <li key={document}>
          <button
            type="button"
            className={`hit${relevant ? ' relevant' : ''}`}
            onClick={() => void lab.openDocument(document)}
          >
            <span className="hit-place">{place + 1}</span>
            <span className="hit-text mono">{text}</span>
            {relevant && (
              <span className="hit-mark">
                <RightIcon />
                <span className="hidden-text">right document</span>
              </span>
            )}
            <span className="hit-score" title={String(score)}>
              {formatScore(score)}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
