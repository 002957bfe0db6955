import { expect, it } from 'vitest';
import { plannedAs, plannedGpu } from '../gpu/planned';
import { sessionCost } from './cost';
import { tinySession } from './tiny.test-data';

const CPU = { vendor: 'google', architecture: 'swiftshader', description: '', software: true };

it('what a session was planned with is all that is compiled for it, of the adapter in whose place it was planned', async () => {
  const session = tinySession();
  const planned = plannedAs(CPU, new Set(['subgroups']));
  const cost = await sessionCost(session, undefined, null, null, planned);
  expect(cost).toEqual(await sessionCost(session));
  const own = plannedAs(CPU, new Set(['subgroups']));
  own.compileAhead(planned);
  const compiled = own.counters.pipelines;
  expect(compiled).toBe(planned.counters.pipelines);
  await sessionCost(session, undefined, null, null, own);
  expect(own.counters.pipelines).toBe(compiled);
  // Another adapter takes other kernels: there, more would have to be compiled.
  const hardware = plannedGpu();
  await sessionCost(session, undefined, null, null, hardware);
  own.compileAhead(hardware);
  expect(own.counters.pipelines).toBeGreaterThan(compiled);
});
