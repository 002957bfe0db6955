import { expose, wrap } from 'comlink';
import { afterEach, expect, test } from 'vitest';
import { DeviceLostError, GpuUnavailableError } from '../../gpu/errors';
import { errorData, InputError } from '../../lib/errors';
import { prepareMessages } from './wire';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** The error that the other side receives when a call throws this one. */
async function crossed(error: Error): Promise<unknown> {
  prepareMessages();
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  expose({ fail: () => Promise.reject(error) }, port1);
  return wrap<{ fail(): Promise<void> }>(port2)
    .fail()
    .catch((thrown: unknown) => thrown);
}

test('what a call throws crosses as data: its kind, and which value is wrong', async () => {
  const problem = { path: 'grpo.depth_weights', value: [0, 0], expected: 'at least one entry above 0' };
  const input = new InputError('session: grpo.depth_weights is [0,0]', 'input', problem);
  expect(errorData(await crossed(input))).toEqual(errorData(input));
  for (const error of [new GpuUnavailableError('no adapter'), new DeviceLostError('gone')]) {
    expect(errorData(await crossed(error))).toEqual(errorData(error));
  }
});

test('an error of no kind keeps its words', async () => {
  const thrown = await crossed(new TypeError('x is not a function'));
  expect(thrown).toBeInstanceOf(Error);
  expect(errorData(thrown)).toMatchObject({ code: null, message: 'x is not a function' });
});
