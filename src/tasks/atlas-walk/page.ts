import type { TaskPage } from '../definition';
import results from '../atlas/results.json' with { type: 'json' };
import sources from '../atlas/sources.json' with { type: 'json' };

/** The page's words on the task. */
export const walkPage: TaskPage = {
  about: [
    'Walks over the borders of 160 countries. A query names a start and directions; the document that answers is a profile of the country where the walk ends, without its name or its capital’s. The model writes one country a step.',
    'Walks of up to three steps are trained, except those through 20% of the countries and some other combinations. Walks of four and five steps are never trained: the curve against depth shows whether reasoning goes on.',
  ],
  cheats: [
    'Guessing a country near the start finds the right one among ten at two steps more often than not: so only Success@1 and the reciprocal rank count.',
    'Many ends are reached from the same start by a training walk too. Test walks are those whose start and end no training walk joins.',
  ],
  good: [
    'Success@1 that falls slowly with depth, against a direct embedding that falls at once.',
    'One step is a fact that training has seen: both ways should find it.',
  ],
  figure: 'Success@1, walks of two to five steps together',
  sources,
  results: results['atlas-walk'],
};
