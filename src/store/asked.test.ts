import { beforeEach, expect, test } from 'vitest';
import { CancelledError, InputError } from '../lib/errors';
import { errorOfAsked, IDLE, lastOf, latest, shownOf, withoutError, type Asked } from './asked';

let asked: Asked<string> = IDLE;
const questions = latest<string>(
  () => asked,
  (next) => (asked = next),
);
beforeEach(() => {
  questions.drop();
  asked = IDLE;
});

function deferred() {
  let resolve: (value: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<string>((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
}

test('an answer is kept, and stays on the page while the next is asked for', async () => {
  await questions.ask(() => Promise.resolve('one'));
  expect(asked).toEqual({ state: 'answered', value: 'one' });
  const next = questions.ask(() => Promise.resolve('two'));
  expect(asked).toEqual({ state: 'asking', last: 'one' });
  await next;
  expect(shownOf(asked)).toBe('two');
});

test('an answer, a failure and what is known so far are dropped where a later question was asked', async () => {
  const slow = deferred();
  const failing = deferred();
  const told: boolean[] = [];
  const first = questions.ask(async ({ soFar }) => {
    const value = await slow.promise;
    told.push(soFar('half'));
    return value;
  });
  const second = questions.ask(() => failing.promise);
  await questions.ask(() => Promise.resolve('third'));
  slow.resolve('first');
  failing.reject(new Error('second'));
  await Promise.all([first, second]);
  expect(told).toEqual([false]);
  expect(asked).toEqual({ state: 'answered', value: 'third' });
});

test('a failure says its kind, and can be closed: the answer before is there again', async () => {
  await questions.ask(() => Promise.resolve('one'));
  await questions.ask(() => Promise.reject(new InputError('q is no query, expected one')));
  expect(errorOfAsked(asked)).toMatchObject({ code: 'input', message: 'q is no query, expected one' });
  expect([shownOf(asked), lastOf(asked)]).toEqual([null, 'one']);
  expect(withoutError(asked)).toEqual({ state: 'answered', value: 'one' });
});

test('what was cancelled or is not wanted any more leaves what was there', async () => {
  await questions.ask(() => Promise.reject(new CancelledError('cancelled')));
  expect(asked).toEqual(IDLE);
  await questions.ask(() => Promise.resolve('one'));
  const never = questions.ask(() => new Promise<string>((resolve) => setTimeout(() => resolve('late'))));
  questions.drop();
  expect(asked).toEqual({ state: 'answered', value: 'one' });
  await never;
  expect(shownOf(asked)).toBe('one');
});

test('what is known so far is shown until the answer comes', async () => {
  const rest = deferred();
  let report: (value: string) => unknown = () => undefined;
  const asking = questions.ask(({ soFar }) => {
    report = soFar;
    soFar('half');
    return rest.promise;
  });
  expect(asked).toEqual({ state: 'asking', last: 'half' });
  rest.resolve('whole');
  await asking;
  expect(shownOf(asked)).toBe('whole');
  report('late');
  expect(asked).toEqual({ state: 'answered', value: 'whole' });
});
