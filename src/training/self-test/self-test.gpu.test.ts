import { describe, expect } from 'vitest';
import { testKernel } from '../../kernels/reference/harness';
import { checkFixture } from '../check';
import { lmFixture, small } from './fixtures';
import type { SelfTestResult } from '../../records/device';
import { SELF_TEST_CASES, selfTest } from './self-test';

describe('the self-test', () => {
  testKernel(
    'passes every case here, with errors that were really measured, and stops where it is asked to',
    async ({ gpu }) => {
      const results: SelfTestResult[] = [];
      expect(
        await selfTest(
          gpu,
          (result) => results.push(result),
          () => false,
        ),
      ).toBe(true);
      expect(results.map(({ name }) => name)).toEqual(SELF_TEST_CASES.map(({ name }) => name));
      for (const { name, pass, largest, worst } of results)
        expect({ name, pass, largest, worst }).toMatchObject({ name, pass: true });
      for (const { largest, name } of results.slice(0, -1)) expect(largest, name).toBeGreaterThan(0);
      const few: SelfTestResult[] = [];
      expect(
        await selfTest(
          gpu,
          (result) => few.push(result),
          () => few.length === 2,
        ),
      ).toBe(false);
      expect(few).toHaveLength(2);
    },
  );

  testKernel('fails where a gradient is another', async ({ gpu }) => {
    const fixture = lmFixture('wrong', small, 3);
    const gradient = fixture.reference.get('grad/model.norm.weight')!;
    gradient.data[1]! += 0.05;
    expect((await checkFixture(gpu, fixture)).pass).toBe(false);
  });
});
