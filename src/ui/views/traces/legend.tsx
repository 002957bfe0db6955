import { Explained } from '../../kit/explained';
import { FULL_NATS, type Tint } from '../../../view/tints';
import './token-line.css';

const EXPLAINED = { logprob: 'surprise', entropy: 'token_entropy', advantage: 'advantage' } as const;

/** A legend of the tokens' colours. */
export function TraceLegend({ tint }: { tint: Tint }) {
  const [low, high] =
    tint === 'logprob'
      ? ['certain', `${FULL_NATS} nats and more`]
      : tint === 'entropy'
        ? ['0', `${FULL_NATS} nats and more`]
        : ['below the group', 'above'];
  return (
    <p className="tint-legend small muted" aria-label="Legend">
      <Explained id={EXPLAINED[tint]}>{low}</Explained>
      <span className={`tint-scale ${tint === 'advantage' ? 'two' : 'one'}`} aria-hidden="true" />
      {high}
    </p>
  );
}
