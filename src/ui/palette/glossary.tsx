import { useDeferredValue, useState } from 'react';
import { findInGlossary } from '../../view/glossary';

/** Every term, ranking, metric and setting with its explanation, and a search over them. */
export default function Glossary() {
  const [query, setQuery] = useState('');
  const found = findInGlossary(useDeferredValue(query));
  return (
    <section className="stack" aria-labelledby="glossary">
      <h3 id="glossary">Glossary</h3>
      <input
        type="search"
        className="field-input"
        aria-label="Search the glossary"
        placeholder="nDCG, embed token, learning rate …"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <div className="glossary" tabIndex={0} role="region" aria-label="Terms">
        <dl>
          {found.map(({ id, kind, label, about }) => (
            <div key={id}>
              <dt>
                {label} {kind !== 'Term' && <span className="muted small">{kind.toLowerCase()}</span>}
              </dt>
              <dd>{about}</dd>
            </div>
          ))}
        </dl>
      </div>
      {found.length === 0 && <p className="muted">Nothing is called that.</p>}
    </section>
  );
}
