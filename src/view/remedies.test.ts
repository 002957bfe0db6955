import { expect, test } from 'vitest';
import type { ErrorCode } from '../lib/errors';
import { remedyOf } from './remedies';

const failure = (code: ErrorCode | null, path: string | null = null) => ({ code, path });

test('each failure ends with the button that helps', () => {
  expect(remedyOf(failure('gate')).does).toBe('run-without-gate');
  expect(remedyOf(failure('no-documents')).does).toBe('choose-documents');
  expect(remedyOf(failure('no-webgpu')).does).toBe('reload');
  expect(remedyOf(failure(null))).toMatchObject({ does: 'run', button: 'Run again' });
  expect(remedyOf(null)).toMatchObject({ does: 'run', button: 'Run again' });
});

test('a failure of a setting leads to it', () => {
  expect(remedyOf(failure('input', 'sft.batch_size'))).toMatchObject({ does: 'go-to-setting', path: 'sft.batch_size' });
  expect(remedyOf(failure('input', 'no.setting')).does).toBe('run');
  expect(remedyOf(failure('input')).does).toBe('run');
});
