/** Helpers of the f64 references. Inputs are any array of numbers, so tests may pass float32 data; results are f64. */
export type Vector = ArrayLike<number>;

/** @throws RangeError naming the array, its length and the one its shape asks for. */
export function checkLength(name: string, array: Vector, length: number): void {
  if (array.length !== length) throw new RangeError(`${name} has ${array.length} values, expected ${length}`);
}

/** Σ aᵢ · bᵢ over `length` values from the given offsets. */
export function dot(a: Vector, aOffset: number, b: Vector, bOffset: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aOffset + i]! * b[bOffset + i]!;
  return sum;
}

/** log Σ exp(xᵢ · scale) over `length` values from `offset`, with the maximum taken out. */
export function logSumExp(x: Vector, offset: number, length: number, scale = 1): number {
  let max = -Infinity;
  for (let i = 0; i < length; i++) max = Math.max(max, x[offset + i]! * scale);
  if (max === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += Math.exp(x[offset + i]! * scale - max);
  return max + Math.log(sum);
}

/** target += source. */
export function addInto(target: Float64Array, source: Vector): void {
  checkLength('source', source, target.length);
  for (let i = 0; i < target.length; i++) target[i]! += source[i]!;
}

/** a + b. */
export function add(a: Vector, b: Vector): Float64Array {
  const sum = Float64Array.from(a);
  addInto(sum, b);
  return sum;
}

/** Rows `rows` of x (N, C) → (S, C). */
export function gatherRows(x: Vector, rows: Vector, width: number): Float64Array {
  const y = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    for (let c = 0; c < width; c++) y[i * width + c] = x[rows[i]! * width + c]!;
  }
  return y;
}

/** target (N, C) += source (S, C) at rows `rows`; a row named twice gets both. */
export function scatterAddRows(target: Float64Array, source: Vector, rows: Vector, width: number): void {
  for (let i = 0; i < rows.length; i++) {
    for (let c = 0; c < width; c++) target[rows[i]! * width + c]! += source[i * width + c]!;
  }
}

/** a (N, A) beside b (N, B) → (N, A + B). */
export function concatColumns(a: Vector, b: Vector, rows: number): Float64Array {
  const wa = a.length / rows;
  const wb = b.length / rows;
  const y = new Float64Array(a.length + b.length);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < wa; c++) y[i * (wa + wb) + c] = a[i * wa + c]!;
    for (let c = 0; c < wb; c++) y[i * (wa + wb) + wa + c] = b[i * wb + c]!;
  }
  return y;
}

/** y (N, A + B) → its first A columns (N, A) and the rest (N, B). */
export function splitColumns(y: Vector, rows: number, first: number): [Float64Array, Float64Array] {
  const width = y.length / rows;
  const a = new Float64Array(rows * first);
  const b = new Float64Array(rows * (width - first));
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < width; c++) {
      if (c < first) a[i * first + c] = y[i * width + c]!;
      else b[i * (width - first) + c - first] = y[i * width + c]!;
    }
  }
  return [a, b];
}
