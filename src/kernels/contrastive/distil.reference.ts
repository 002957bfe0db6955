import { checkLength, logSumExp, type Vector } from '../reference/arrays';

export interface DistilTemperatures {
  /** Temperature τ of the model's scores. */
  temperature: number;
  /** Temperature of the teacher's scores. */
  teacherTemperature: number;
}

/** A row's log-softmax at an index. */
const logShare = (values: Vector, row: number, width: number, temperature: number) => {
  const lse = logSumExp(values, row * width, width, 1 / temperature);
  return (at: number): number => values[row * width + at]! / temperature - lse;
};

/**
 * scores and teacher (B, K) → per row KL(softmax(teacher / its temperature) ‖ softmax(scores / τ)) (B), and loss, their mean.
 * @param rows B
 */
export function distilForward(
  scores: Vector,
  teacher: Vector,
  rows: number,
  { temperature, teacherTemperature }: DistilTemperatures,
): { rows: Float64Array; loss: number } {
  const width = scores.length / rows;
  checkLength('teacher', teacher, scores.length);
  const found = new Float64Array(rows);
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const p = logShare(teacher, i, width, teacherTemperature);
    const q = logShare(scores, i, width, temperature);
    for (let j = 0; j < width; j++) found[i]! += Math.exp(p(j)) * (p(j) - q(j));
    loss += found[i]! / rows;
  }
  return { rows: found, loss };
}

/** → dscores (B, K) = scale · (softmax(scores / τ) − softmax(teacher / its temperature)) / (τ · B). */
export function distilBackward(
  scores: Vector,
  teacher: Vector,
  rows: number,
  { temperature, teacherTemperature }: DistilTemperatures,
  scale = 1,
): Float64Array {
  const width = scores.length / rows;
  const dscores = new Float64Array(scores.length);
  for (let i = 0; i < rows; i++) {
    const p = logShare(teacher, i, width, teacherTemperature);
    const q = logShare(scores, i, width, temperature);
    for (let j = 0; j < width; j++) {
      dscores[i * width + j] = (scale * (Math.exp(q(j)) - Math.exp(p(j)))) / (temperature * rows);
    }
  }
  return dscores;
}
