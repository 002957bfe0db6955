import { describe, expect, it } from 'vitest';
import recorded from '../../../docs/results/fingerprints.json' with { type: 'json' };
import { totalSteps } from '../../config/stages';
import { decodeLink } from '../../session/link';
import cards from './cards.json' with { type: 'json' };
import { readGallery } from './gallery';

describe('the gallery', () => {
  const all = readGallery(cards);

  it.each(all.map((card) => [card.name, card] as const))('%s opens as its card says', (_name, card) => {
    const { session, claim } = decodeLink(card.link);
    expect(session.title).toBe(card.title);
    expect(session.model.base.sha256).toBe(card.base?.sha256 ?? '');
    expect(totalSteps(session)).toBe(card.steps);
    expect(claim?.fingerprint).toBe(card.fingerprint);
    expect(claim?.adapter).toBe(card.adapter);
    expect(claim?.marks).toBeDefined();
  });

  it('claims of kin-quick what every change is held against', () => {
    const known = Object.values(recorded.adapters).map(({ sessions }) => sessions['kin-quick, whole'].fingerprint);
    expect(known).toContain(all.find(({ name }) => name === 'kin-quick')?.fingerprint);
  });
});
