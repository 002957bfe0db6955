import { expect, test } from 'vitest';
import { codeOf, InputError } from '../lib/errors';
import { remedyOf } from './remedies';

test('a failure is known by its code, or by the name that it keeps on its way from the worker', () => {
  expect(codeOf(new InputError('x is 1, expected 2'))).toBe('input');
  expect(codeOf(new InputError('too weak', 'gate'))).toBe('gate');
  expect(codeOf(Object.assign(new Error('gone'), { name: 'DeviceLostError' }))).toBe('device-lost');
  expect(codeOf(new Error('the device was lost'))).toBeNull();
});

test('each ends with the button that helps', () => {
  expect(remedyOf('gate').does).toBe('run-without-gate');
  expect(remedyOf('no-documents').does).toBe('choose-documents');
  expect(remedyOf(null)).toMatchObject({ does: 'run', button: 'Run again' });
});
