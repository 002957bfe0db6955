import { describe, expect, it } from 'vitest';
import { inParts, inPartsFrom, partsSentence, partsWords, sessionAfter, withoutParts } from '../config/micro-batches';
import { applySettings } from '../config/edit-session';
import { parseSession } from '../config/parse-session';
import type { Session } from '../config/session';
import { runHash } from '../session/session-hash';
import { withMoreParts } from './out-of-memory';

const session = parseSession({
  pretrain: { steps: 10, batch_size: 64 },
  sft: { steps: 10, batch_size: 32 },
  grpo: { steps: 0 },
});
const alone = { session, ancestors: [] };

/** Bytes by what is computed at once: at least a 16th of the batch. */
const cost = ({ model, sft }: Session): Promise<number> => {
  const share = 1 / Math.min(16, model.micro_batches);
  const activations = model.activations === 'keep' ? 64e6 : 16e6;
  return Promise.resolve(10e6 + sft.batch_size * 1e6 + activations * share * (sft.batch_size / 32));
};
const ask = (
  granted: number,
  run: { session: Session; ancestors: typeof alone.ancestors } = alone,
  state: { step: number; link: string } | null = null,
) => withMoreParts({ run, state, cost, granted: (bytes) => Promise.resolve(Math.min(bytes, granted)) });

describe('a run without room', () => {
  it('goes on in twice as many parts, or in as many as what is granted asks for', async () => {
    expect((await ask(100e6)).parts).toBe(2);
    // All was granted, and yet it was refused: others had taken it.
    expect((await ask(Infinity)).parts).toBe(2);
    expect((await ask(60e6)).parts).toBe(4);
    expect((await ask(1)).parts).toBe(16);
    expect((await ask(1)).run).toEqual({ session: inParts(session, 16), ancestors: [] });
    const later = await ask(60e6, alone, { step: 12, link: 'abcdef012345' });
    expect(later.run).toEqual({
      session: inParts(session, 4),
      ancestors: [{ session, step: 12, link: 'abcdef012345' }],
    });
  });

  it('is told what would fit where more parts take no less', async () => {
    const least = { session: inParts(session, 16), ancestors: [] };
    await expect(ask(45e6, least)).rejects.toThrow(
      'the GPU has no room for this run even where it computes as few sequences at once as it can (model.micro_batches=16): it takes 46 MB, of which about 45 MB were granted; what would fit: model.activations=recompute (43 MB)',
    );
    await expect(ask(30e6, least)).rejects.toThrow('what would fit: pretrain.batch_size=32 sft.batch_size=16 (28 MB)');
    await expect(ask(12.2e6, least)).rejects.toThrow('what would fit: model.activations=recompute pretrain.batch_size=4 sft.batch_size=2 (13 MB)'); // prettier-ignore
    await expect(ask(1e6, least)).rejects.toThrow('no smaller batch of it fits either, expected a smaller model or a GPU with more memory'); // prettier-ignore
    await expect(ask(1e6, least)).rejects.toMatchObject({ code: 'out-of-memory' });
  });
});

describe('a run in more parts from a step on', () => {
  const child = applySettings(session, ['sft.learning_rate=0.001']);
  const fork = { session: child, ancestors: [{ session, step: 10, link: 'aaaaaaaaaaaa' }] };

  it('is a fork of itself there, and goes by the same sessions otherwise', () => {
    expect(inPartsFrom(fork, 0, 2, '')).toEqual({
      session: inParts(child, 2),
      ancestors: [{ session: inParts(session, 2), step: 10, link: '' }],
    });
    expect(inPartsFrom(fork, 4, 2, 'bb')).toEqual({
      session: inParts(child, 2),
      ancestors: [
        { session, step: 4, link: 'bb' },
        { session: inParts(session, 2), step: 10, link: '' },
      ],
    });
    // Where the fork begins nothing more is cut.
    expect(inPartsFrom(fork, 10, 2, 'cc')).toEqual({ session: inParts(child, 2), ancestors: fork.ancestors });
    const twice = inPartsFrom(inPartsFrom(alone, 5, 2, 'dd')!, 5, 4, 'dd')!;
    expect(twice).toEqual({ session: inParts(session, 4), ancestors: [{ session, step: 5, link: 'dd' }] });
    expect(sessionAfter(twice, 4)).toBe(session);
    expect(sessionAfter(twice, 5)).toBe(twice.session);
    expect(inPartsFrom(alone, 20, 2, '')).toBeNull();
  });

  it('has the states of the run that it was', () => {
    for (const run of [alone, fork]) {
      const hash = runHash(run.session, run.ancestors);
      for (const step of [0, 4, 10, 15]) {
        const more = inPartsFrom(run, step, 8, 'ee')!;
        expect(runHash(more.session, more.ancestors), `from step ${step}`).toBe(hash);
        expect(withoutParts(more).ancestors.map((from) => from.step)).toEqual(run.ancestors.map((from) => from.step));
      }
    }
    expect(runHash(fork.session, fork.ancestors)).not.toBe(runHash(session, []));
    // A fork that changes nothing is one all the same.
    expect(runHash(session, [{ session, step: 3, link: '' }])).not.toBe(runHash(session, []));
  });

  it('says so', () => {
    expect(partsWords(alone)).toBeNull();
    expect(partsWords({ session: inParts(session, 2), ancestors: [] })).toBe('2 micro-batches');
    expect(partsWords(inPartsFrom(alone, 5, 2, '')!)).toBe('2 micro-batches from step 6 on');
    expect(partsSentence(2, 2)).toBeNull();
    expect(partsSentence(1, 4)).toBe('The recorded run computed its steps in one part, this one in 4 micro-batches, so other last bits are expected.'); // prettier-ignore
  });
});
