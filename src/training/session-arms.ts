import type { Session } from '../config/session';
import type { Arm, EmbeddedArm } from '../records/records';

/** The ways of embedding (arms) that a session's model is evaluated with, during training and at the end. */
export function armsOf(session: Session): { during: EmbeddedArm[]; final: Arm[] } {
  switch (session.sft.mode) {
    case 'direct':
      return { during: ['direct'], final: ['direct', 'bm25', 'fusion'] };
    case 'filler':
      return { during: ['filler'], final: ['filler', 'bm25', 'fusion'] };
    case 'both':
      return {
        during: ['reasoning', 'direct'],
        final: ['reasoning', 'direct', 'forced', 'gold', 'shuffled', 'bm25', 'fusion'],
      };
    case 'reasoning':
      return { during: ['reasoning', 'forced'], final: ['reasoning', 'forced', 'gold', 'shuffled', 'bm25', 'fusion'] };
  }
}
