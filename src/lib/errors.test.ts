import { expect, test } from 'vitest';
import { CancelledError, codeOf, errorData, errorOf, InputError } from './errors';

const batch = { path: 'sft.batch_size', value: 0, expected: 'at least 1' };

test('an error says the same as data, and as the error that is made of it', () => {
  const error = new InputError('session: sft.batch_size is 0, expected at least 1', 'input', batch);
  const data = errorData(error);
  expect(data).toEqual({ code: 'input', ...batch, message: error.message });
  expect(errorData(errorOf(structuredClone(data)))).toEqual(data);
});

test('an error without a problem names no value; anything else that is thrown is its words', () => {
  expect(errorData(new InputError('too weak', 'gate'))).toMatchObject({ code: 'gate', path: null, expected: null });
  expect(errorData(new Error('the device was lost'))).toMatchObject({ code: null, message: 'the device was lost' });
  expect(errorData('a word')).toMatchObject({ code: null, message: 'a word' });
});

test('the code is the error’s own, not its words or its name', () => {
  expect(codeOf(new CancelledError('cancelled'))).toBe('cancelled');
  expect(codeOf(new InputError('x is 1, expected 2'))).toBe('input');
  expect(codeOf(Object.assign(new Error('x'), { name: 'InputError' }))).toBeNull();
});
