import { expect, it } from 'vitest';
import { markdownText } from './markdown';

it.each(['> ', '<b>', '('])('reads %j thousands of times over without taking for ever', (mark) => {
  // In processor time: a busy machine may stop us at any moment.
  const started = process.cpuUsage();
  const { title, text } = markdownText(`# Lift\n\nof a wing\n\n${mark.repeat(30_000)}end`);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000).toBeLessThan(1000);
  expect(title).toBe('Lift');
  expect(text).toContain('of a wing');
  expect(text).toContain('end');
});

it('leaves what stands a few times as it is', () => {
  expect(markdownText(`${'ha'.repeat(150)} ${'.'.repeat(199)}`).text).toBe(`${'ha'.repeat(150)} ${'.'.repeat(199)}`);
});
