import { lazy, Suspense } from 'react';
import { stepWords } from '../../config/stages';
import { streams } from '../../store/streams';
import { INSPECTOR_WIDTH, usePreferences } from '../../store/preferences';
import { useRan } from '../../store/run';
import { useSelection } from '../../store/selection';
import { ARM_ORDER, ARMS } from '../../view/arms';
import { formatNumber, formatScore } from '../../view/format';
import { metricInfo } from '../../view/metrics';
import { DocumentFacts } from './document-facts';
import { Explained } from '../kit/explained';
import { IconButton } from '../kit/icon-button';
import { CloseIcon } from '../kit/icons';
import { Resizer } from '../kit/resizer';
import './inspector.css';

const TraceFacts = lazy(() => import('../views/traces/trace-facts'));

/** The inspector: details of what is selected, in words and numbers. */
export function Inspector() {
  const width = usePreferences((state) => state.inspectorWidth);
  const change = usePreferences((state) => state.change);
  const step = useSelection((state) => state.step);
  const document = useSelection((state) => state.document);
  const query = useSelection((state) => state.query);
  const clear = useSelection((state) => state.clear);
  return (
    <aside className="side inspector" aria-label="Inspector" style={{ width }}>
      <Resizer
        label="Width of the inspector"
        width={width}
        bounds={INSPECTOR_WIDTH}
        direction={-1}
        onWidth={(inspectorWidth) => change({ inspectorWidth })}
      />
      <div className="side-head">
        <h2>Selected</h2>
        <IconButton label="Close the inspector" onClick={clear}>
          <CloseIcon />
        </IconButton>
      </div>
      <div className="side-body inspector-body" tabIndex={0} role="group" aria-label="What is selected">
        {query !== null && (
          <Suspense>
            <TraceFacts />
          </Suspense>
        )}
        {document && <DocumentFacts />}
        {step !== null && <StepFacts step={step} />}
      </div>
    </aside>
  );
}

function StepFacts({ step }: { step: number }) {
  const plan = useRan((ran) => ran.plan);
  const row = streams.row(streams.indexOf(step));
  if (!row) return null;
  const evaluation = streams.evaluationAt(row.step);
  return (
    <section>
      <h3>Step {row.step}</h3>
      {plan && <p>{stepWords(plan.stages, row.step)}</p>}
      <table className="facts">
        <tbody>
          {row.values.map(([name, value]) => {
            const { label, unit } = metricInfo(name);
            return (
              <tr key={name} title={`${name}: ${value}`}>
                <th scope="row">
                  <Explained id={`metric/${name}`}>{name.startsWith('loss') ? `Loss: ${label}` : label}</Explained>
                </th>
                <td className="number">{formatNumber(value)}</td>
                <td className="muted">{unit}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {evaluation && (
        <>
          <h3>Evaluation at step {evaluation.step}</h3>
          <table className="facts">
            <thead>
              <tr>
                <th scope="col">
                  <Explained id="held_out">Held-out queries</Explained>
                </th>
                <th scope="col" className="number">
                  <Explained id="ndcg_cut_10">nDCG@10</Explained>
                </th>
                <th scope="col" className="number">
                  <Explained id="success_1">first</Explained>
                </th>
              </tr>
            </thead>
            <tbody>
              {ARM_ORDER.map((arm) => {
                const result = evaluation.arms[arm];
                return (
                  result && (
                    <tr key={arm}>
                      <th scope="row">
                        <Explained id={`arm/${arm}`}>{ARMS[arm].label}</Explained>
                      </th>
                      <td className="number">{formatScore(result.ndcg_cut_10)}</td>
                      <td className="number">{formatScore(result.success_1)}</td>
                    </tr>
                  )
                );
              })}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}
