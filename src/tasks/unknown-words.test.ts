import { settingsFor } from '../config/tasks';
import { expect, it } from 'vitest';
import { presetSession } from '../config/presets';
import { sha256 } from '../lib/hash';
import { createTask } from './registry';
import { unknownWords } from './unknown-words';

it('words outside a made-up vocabulary are unknown', () => {
  const session = presetSession('kin-quick')!;
  const task = createTask(session.task, session.seed);
  const [known] = task.heldOut('test', 1);
  expect(unknownWords(task, known!.text).count).toBe(0);
  expect(unknownWords(task, 'pasta in  Rome')).toEqual({ words: 3, unknown: ['pasta', 'in', 'Rome'], count: 3 });
});

it('words that no document has are unknown to a model that was trained on them', () => {
  const texts = [
    'On wings they lift, and lift again',
    'Größe und Übung',
    '東京の天気',
    'heat in slabs of steel',
    'one more of these',
  ];
  const bytes = new TextEncoder().encode(
    texts
      .map((text, i) => `${JSON.stringify({ _id: String(i), title: '', text: `${text} ${text} ${text}` })}\n`)
      .join(''),
  );
  const corpus = sha256(bytes);
  const settings = settingsFor(presetSession('text')!, 'text');
  const path = `corpus/${corpus}.jsonl`;
  const task = createTask({ ...settings, corpus, vocabulary: 300 }, 1, new Map([[path, bytes]]));
  expect(unknownWords(task, 'WINGS, and rockets: grösse Größe')).toEqual({
    words: 5,
    unknown: ['rockets', 'grösse'],
    count: 2,
  });
  expect(unknownWords(task, '東京 京都').unknown).toEqual(['都', '京都']);
});
